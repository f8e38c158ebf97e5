import { type Answer, basicCredentials, type Call, header, Refusal } from '../api/call.js';
import { fingerprintOf } from '../api/fingerprint.js';
import type { Execution, GatewayApi } from '../api/gateway-api.js';
import type { IdempotencyKey } from '../api/idempotency-store.js';
import { JsonFields } from '../api/json-fields.js';
import { type Matched, OperationTable } from '../api/operation.js';
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
  const table = new OperationTable<RazorpayHandler>(RAZORPAY_OPERATIONS);
  return {
    provider: 'razorpay',
    operations: table.names,
    canDecline: (operation) => table.canDecline(operation),
    match: (method, path) => {
      const matched = table.match(method, path);
      if (matched === undefined) return undefined;
      return { operation: matched.name, execute: (call: Call) => execute(world, matched, call) };
    },
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

function execute(world: RazorpayWorld, { operation, path }: Matched<RazorpayHandler>, call: Call): Execution {
  try {
    const body = JsonFields.of(call.body, refuseField);
    const keySecret = basicCredentials(call.headers)?.password ?? '';
    const entity = operation.handle({ body, query: call.query, path, keySecret }, world);
    return { answer: { status: 200, body: entity }, isKept: true };
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    return { answer: error.answer, isKept: false };
  }
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
