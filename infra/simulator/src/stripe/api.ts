import { type Answer, basicCredentials, bearerToken, type Call, header, Refusal } from '../api/call.js';
import { fingerprintOf } from '../api/fingerprint.js';
import type { GatewayApi } from '../api/gateway-api.js';
import { gatewayOperations, type RunParts } from '../api/gateway-operations.js';
import type { IdempotencyKey } from '../api/idempotency-store.js';
import { invalidParameter, stripeAnswer, stripeError } from './errors.js';
import { expand } from './expand.js';
import { decodeForm, FormError } from './form.js';
import { STRIPE_OPERATIONS } from './operations.js';
import { StripeParams } from './params.js';
import type { StripeHandler, StripeWorld } from './world.js';

const KEY_LENGTH_MAX = 255;

/** Stripe over HTTP. @param apiKey the only one that is good; undefined: any that looks like one */
export function createStripeApi(world: StripeWorld, apiKey: string | undefined): GatewayApi {
  return {
    provider: 'stripe',
    ...gatewayOperations<StripeHandler>(STRIPE_OPERATIONS, true, (parts) => run(world, parts)),
    authenticate: (call) => authenticate(call, apiKey),
    idempotencyKey: (call) => idempotencyKey(call, world),
    answers: {
      noSuchOperation: ({ method, path }) => {
        const message = `Unrecognized request URL (${method}: ${path}).`;
        return stripeError(404, { type: 'invalid_request_error', message });
      },
      keyInUse: () => stripeError(409, KEY_IN_USE),
      keyDiffers: () => stripeError(400, KEY_DIFFERS),
      replayed: (answer) => ({ ...answer, headers: { ...answer.headers, 'idempotent-replayed': 'true' } }),
      rateLimited: () => stripeError(429, RATE_LIMITED),
      serverError: () => stripeError(500, SERVER_ERROR),
      keepsServerErrors: true,
    },
  };
}

const KEY_IN_USE = {
  type: 'idempotency_error',
  code: 'idempotency_key_in_use',
  message: 'There is currently another in-progress request using this Idempotency Key.',
} as const;

const KEY_DIFFERS = {
  type: 'idempotency_error',
  message:
    'Keys for idempotent requests can only be used with the same parameters they were first used with.',
} as const;

const RATE_LIMITED = {
  type: 'invalid_request_error',
  code: 'rate_limit',
  message: 'Request rate limit exceeded.',
} as const;

const SERVER_ERROR = { type: 'api_error', message: 'An unknown error occurred.' } as const;

function run(world: StripeWorld, { matched, call, orders }: RunParts<StripeHandler>): Answer {
  const params = paramsOf(call);
  const { operation, path } = matched;
  const object = operation.handle({ params, path, decline: orders.decline }, world);
  return stripeAnswer(200, expand(object, params.list('expand'), world.state, world.links));
}

function paramsOf(call: Call): StripeParams {
  try {
    const fields = call.method === 'GET' ? call.query : new URLSearchParams(call.body.toString('utf8'));
    return new StripeParams(decodeForm(fields));
  } catch (error) {
    if (error instanceof FormError) throw invalidParameter('', error.message);
    throw error;
  }
}

function authenticate({ headers }: Call, apiKey: string | undefined): Answer | undefined {
  const key = bearerToken(headers) ?? basicCredentials(headers)?.user;
  const isGood = key !== undefined && (apiKey === undefined ? /^(sk|rk)_\w+$/.test(key) : key === apiKey);
  if (isGood) return undefined;
  const message =
    key === undefined ? 'You did not provide an API key.' : `Invalid API Key provided: ${key.slice(0, 8)}…`;
  return stripeError(401, { type: 'invalid_request_error', message });
}

function idempotencyKey(call: Call, { settings }: StripeWorld): IdempotencyKey | undefined {
  const key = header(call.headers, 'idempotency-key');
  if (key === undefined || call.method !== 'POST') return undefined;
  if (key.length > KEY_LENGTH_MAX) {
    const message = `Idempotency keys have at most ${KEY_LENGTH_MAX} characters.`;
    throw new Refusal(stripeError(400, { type: 'idempotency_error', message }));
  }
  return { key: `stripe:${key}`, fingerprint: fingerprintOf(call), lifetimeMs: settings.stripeKeyLifetimeMs };
}
