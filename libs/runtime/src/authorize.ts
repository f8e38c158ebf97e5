import type { IncomingMessage } from 'node:http';
import type { ApiKey, ApiScope } from './api-keys.js';
import type { ApiKeysFile } from './api-keys-file.js';
import { type Problem, ProblemError } from './problem.js';

const BEARER = /^Bearer +(\S+)$/i;

/** @throws ProblemError 401 without a known, unexpired key; 403 if it lacks the scope */
export function authorize(
  keys: Pick<ApiKeysFile, 'find'>,
  { headers: { authorization = '' } }: Pick<IncomingMessage, 'headers'>,
  scope: ApiScope,
  now: number,
): ApiKey {
  const presented = BEARER.exec(authorization)?.[1];
  if (presented === undefined) {
    throw new ProblemError(unauthorized('Send an API key: `Authorization: Bearer <key>`.'));
  }
  const key = keys.find(presented);
  if (key === undefined) throw new ProblemError(unauthorized('The API key is unknown.'));
  if (key.expiresAtMs <= now) throw new ProblemError(unauthorized('The API key has expired.'));
  requireScope(key, scope);
  return key;
}

/** @throws ProblemError 403 if the key lacks the scope */
export function requireScope({ scopes }: Pick<ApiKey, 'scopes'>, scope: ApiScope): void {
  if (!scopes.has(scope)) throw new ProblemError(forbidden(scope));
}

/** @param detail what is wrong with the key, for its holder */
function unauthorized(detail: string): Problem {
  return {
    status: 401,
    title: 'API key refused',
    detail,
    headers: { 'www-authenticate': 'Bearer realm="payments"' },
  };
}

function forbidden(scope: string): Problem {
  return {
    status: 403,
    title: 'Not allowed',
    detail: `The API key lacks the scope ${scope}.`,
    headers: { 'www-authenticate': `Bearer realm="payments", error="insufficient_scope", scope="${scope}"` },
  };
}
