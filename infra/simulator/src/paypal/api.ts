import { type Answer, basicCredentials, bearerToken, type Call, header } from '../api/call.js';
import { fingerprintOf } from '../api/fingerprint.js';
import type { GatewayApi } from '../api/gateway-api.js';
import { gatewayOperations, type RunParts } from '../api/gateway-operations.js';
import type { IdempotencyKey } from '../api/idempotency-store.js';
import { JsonFields } from '../api/json-fields.js';
import { isTokenGood } from './access-tokens.js';
import { invalidRequest, paypalError, refuseField, unprocessable } from './errors.js';
import { PAYPAL_OPERATIONS, TOKEN_OPERATION } from './operations.js';
import type { PayPalHandler, PayPalWorld } from './world.js';

const REQUEST_ID_LENGTH_MAX = 108;

export interface PayPalCredentials {
  readonly clientId: string;
  readonly clientSecret: string;
}

/** PayPal over HTTP. @param credentials the only ones that are good; undefined: any */
export function createPayPalApi(world: PayPalWorld, credentials: PayPalCredentials | undefined): GatewayApi {
  return {
    provider: 'paypal',
    ...gatewayOperations<PayPalHandler>(PAYPAL_OPERATIONS, false, (parts) => run(world, parts)),
    authenticate: (call, operation) =>
      operation === TOKEN_OPERATION ? authenticateClient(call, credentials) : authenticate(call),
    idempotencyKey: (call, operation) => idempotencyKey(call, operation, world),
    answers: {
      noSuchOperation: () => paypalError(404, 'RESOURCE_NOT_FOUND', 'The specified resource does not exist.'),
      keyInUse: () => paypalError(409, 'RESOURCE_CONFLICT', CONFLICT, [IN_PROGRESS]),
      keyDiffers: () => unprocessable(REUSED.issue, REUSED.description).answer,
      // A request that comes again creates nothing: 200 in place of 201.
      replayed: (answer) => ({ ...answer, status: answer.status === 201 ? 200 : answer.status }),
      rateLimited: () =>
        paypalError(429, 'RATE_LIMIT_REACHED', 'Too many requests. Blocked due to rate limiting.'),
      serverError: () =>
        paypalError(500, 'INTERNAL_SERVER_ERROR', 'An internal server error has occurred.', [INTERNAL]),
      keepsServerErrors: false,
    },
  };
}

const CONFLICT = 'The server has detected a conflict while processing this request.';
const IN_PROGRESS = {
  issue: 'PREVIOUS_REQUEST_IN_PROGRESS',
  description: 'A previous request on this resource is currently in progress.',
};
const REUSED = {
  issue: 'PAYPAL_REQUEST_ID_PREVIOUSLY_USED',
  description: 'The PayPal-Request-Id was used before with another request.',
};
const INTERNAL = { issue: 'INTERNAL_SERVICE_ERROR', description: 'An internal service error has occurred.' };

function run(world: PayPalWorld, { matched, call, orders }: RunParts<PayPalHandler>): Answer {
  const { name, operation, path } = matched;
  const isForm = name === TOKEN_OPERATION;
  const body = isForm ? new JsonFields({}, refuseField) : JsonFields.of(call.body, refuseField);
  const wantsAll = header(call.headers, 'prefer')?.includes('return=representation') ?? false;
  const decline = orders.decline ?? mockedIssue(call);
  return operation.handle({ body, query: call.query, path, decline, wantsAll }, world);
}

/** PayPal's own way to ask for a refusal. @see https://developer.paypal.com/tools/sandbox/negative-testing/request-headers/ */
function mockedIssue({ headers }: Call): string | undefined {
  return /"mock_application_codes"\s*:\s*"(\w+)"/.exec(header(headers, 'paypal-mock-response') ?? '')?.[1];
}

function authenticateClient(
  { headers, body }: Call,
  credentials: PayPalCredentials | undefined,
): Answer | undefined {
  const given = basicCredentials(headers);
  const isGood =
    credentials === undefined
      ? given !== undefined && given.user !== '' && given.password !== ''
      : given?.user === credentials.clientId && given.password === credentials.clientSecret;
  if (!isGood) {
    return {
      status: 401,
      body: { error: 'invalid_client', error_description: 'Client Authentication failed' },
    };
  }
  if (new URLSearchParams(body.toString('utf8')).get('grant_type') === 'client_credentials') return undefined;
  const error_description = 'Grant Type is not supported: client_credentials is';
  return { status: 400, body: { error: 'unsupported_grant_type', error_description } };
}

function authenticate({ headers }: Call): Answer | undefined {
  const token = bearerToken(headers);
  if (token !== undefined && isTokenGood(token)) return undefined;
  const message =
    'Authentication failed due to invalid authentication credentials or a missing Authorization header.';
  return paypalError(401, 'AUTHENTICATION_FAILURE', message);
}

function idempotencyKey(
  call: Call,
  operation: string,
  { settings }: PayPalWorld,
): IdempotencyKey | undefined {
  const id = header(call.headers, 'paypal-request-id');
  if (id === undefined || call.method !== 'POST' || operation === TOKEN_OPERATION) return undefined;
  if (id.length > REQUEST_ID_LENGTH_MAX) {
    const description = `PayPal-Request-Id has at most ${REQUEST_ID_LENGTH_MAX} characters.`;
    throw invalidRequest({ issue: 'INVALID_STRING_LENGTH', description, location: 'header' });
  }
  const lifetimeMs = operation.startsWith('orders.')
    ? settings.paypalOrderKeyLifetimeMs
    : settings.paypalPaymentKeyLifetimeMs;
  // Unique for each type of call.
  return { key: `paypal:${operation}:${id}`, fingerprint: fingerprintOf(call), lifetimeMs };
}
