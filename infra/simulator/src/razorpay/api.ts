import { type Answer, basicCredentials, type Call, header } from '../api/call.js';
import { fingerprintOf } from '../api/fingerprint.js';
import type { GatewayApi } from '../api/gateway-api.js';
import { gatewayOperations, type RunParts } from '../api/gateway-operations.js';
import type { IdempotencyKey } from '../api/idempotency-store.js';
import { JsonFields } from '../api/json-fields.js';
import { badRequest, razorpayError, refuseField } from './errors.js';
import { RAZORPAY_OPERATIONS, REFUND_OPERATION } from './operations.js';
import type { RazorpayHandler, RazorpayWorld } from './world.js';

const KEY_LENGTH_MIN = 10;
const KEY_LENGTH_MAX = 255;

export interface RazorpayCredentials {
  readonly keyId: string;
  readonly keySecret: string;
}

/** Razorpay over HTTP. @param credentials the only ones that are good; undefined: any that look like some */
export function createRazorpayApi(
  world: RazorpayWorld,
  credentials: RazorpayCredentials | undefined,
): GatewayApi {
  return {
    provider: 'razorpay',
    ...gatewayOperations<RazorpayHandler>(RAZORPAY_OPERATIONS, false, (parts) => run(world, parts)),
    authenticate: (call) => authenticate(call, credentials),
    idempotencyKey: (call, operation) => idempotencyKey(call, operation, world),
    answers: {
      noSuchOperation: () =>
        razorpayError(404, { description: 'The requested URL was not found on the server.', reason: 'NA' }),
      keyInUse: () => razorpayError(409, { description: 'Request is already in progress', reason: 'NA' }),
      keyDiffers: () => badRequest('Different request body sent for the same Idempotency Header').answer,
      replayed: (answer) => answer,
      rateLimited: () => razorpayError(429, { description: 'Too many requests', reason: 'NA' }),
      serverError: () =>
        razorpayError(500, { code: 'SERVER_ERROR', description: FAILED, reason: 'server_error' }),
      keepsServerErrors: false,
    },
  };
}

const FAILED = 'We are facing some trouble completing your request at the moment. Please try again shortly.';

function run(world: RazorpayWorld, { matched, call }: RunParts<RazorpayHandler>): Answer {
  const body = JsonFields.of(call.body, refuseField);
  const keySecret = basicCredentials(call.headers)?.password ?? '';
  const entity = matched.operation.handle({ body, query: call.query, path: matched.path, keySecret }, world);
  return { status: 200, body: entity };
}

function authenticate({ headers }: Call, credentials: RazorpayCredentials | undefined): Answer | undefined {
  const given = basicCredentials(headers);
  const isGood =
    credentials === undefined
      ? given?.user.startsWith('rzp_') === true && given.password !== ''
      : given?.user === credentials.keyId && given.password === credentials.keySecret;
  return isGood ? undefined : razorpayError(401, { description: 'Authentication failed', reason: 'NA' });
}

function idempotencyKey(
  call: Call,
  operation: string,
  { settings }: RazorpayWorld,
): IdempotencyKey | undefined {
  const key = header(call.headers, 'x-refund-idempotency');
  if (key === undefined || operation !== REFUND_OPERATION) return undefined;
  if (key.length < KEY_LENGTH_MIN || key.length > KEY_LENGTH_MAX) {
    throw badRequest(`X-Refund-Idempotency has ${KEY_LENGTH_MIN} to ${KEY_LENGTH_MAX} characters`);
  }
  const lifetimeMs = settings.razorpayRefundKeyLifetimeMs;
  return { key: `razorpay:${key}`, fingerprint: fingerprintOf(call), lifetimeMs };
}
