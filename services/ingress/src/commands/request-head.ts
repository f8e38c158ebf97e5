import type { IncomingMessage } from 'node:http';
import { CARD_NUMBER_PROBLEM, containsCardNumber, ProblemError } from '@payments/runtime';
import { invalidCommand, NOT_JSON } from './problems.js';

/** Visible ASCII. */
const IDEMPOTENCY_KEY = /^[\x21-\x7e]{1,255}$/;
const JSON_TYPE = /^application\/json\s*(?:;\s*charset="?utf-8"?\s*)?$/i;

/** @throws ProblemError 400 if it is missing or malformed, 422 if it looks like a card number */
export function idempotencyKeyOf({ headers }: Pick<IncomingMessage, 'headers'>): string {
  const key = headers['idempotency-key'];
  if (typeof key !== 'string' || !IDEMPOTENCY_KEY.test(key)) {
    throw new ProblemError({
      status: 400,
      title: 'Idempotency-Key needed',
      detail: 'Send an Idempotency-Key of 1 to 255 visible ASCII characters, a new one for each command.',
    });
  }
  if (containsCardNumber(key)) {
    throw new ProblemError(invalidCommand([{ field: 'Idempotency-Key', problem: CARD_NUMBER_PROBLEM }]));
  }
  return key;
}

/** @throws ProblemError 415 if there is a body of a type other than JSON. The body is optional. */
export function requireJson({ headers }: Pick<IncomingMessage, 'headers'>): void {
  const encoding = headers['content-encoding'] ?? 'identity';
  const hasBody = headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0;
  if (!hasBody) return;
  if (encoding !== 'identity' || !JSON_TYPE.test(headers['content-type'] ?? '')) {
    throw new ProblemError(NOT_JSON);
  }
}
