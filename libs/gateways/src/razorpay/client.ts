import type { GatewayOperation, PlannedCall } from '@payments/domain';
import type { RazorpayClientSettings } from '../client/client-settings.js';
import type { GatewayAnswer, GatewayClient } from '../client/gateway-client.js';
import { GatewayError } from '../client/gateway-error.js';
import type { CallKind } from '../client/gateway-failures.js';
import { hmacKeys } from '../hmac.js';
import type { RazorpayAccount } from './account.js';
import { RazorpayApi } from './api.js';
import { razorpayErrorOf } from './errors.js';
import { fetchFromRazorpay } from './fetch-payment.js';
import { inquireAtRazorpay } from './inquiries.js';
import { MUTATIONS, RAZORPAY_OPERATIONS } from './operations.js';
import type { Ask } from './reads.js';

/** Razorpay does not document how long it keeps a refund's key; assumed as long as Stripe does. */
const REFUND_KEY_LIFETIME_MS = 24 * 60 * 60 * 1000;

/** The client of Razorpay. */
export function createRazorpayClient(settings: RazorpayClientSettings): GatewayClient {
  const api = new RazorpayApi(settings);
  const [signingKey] = hmacKeys([settings.keySecret]);
  if (signingKey === undefined) throw new Error('a key of one secret is one key');
  const account: RazorpayAccount = { keyId: settings.keyId, signingKey };
  const newAsk = (): Ask => {
    const deadline = api.deadline();
    return (request, refundKey) => api.ask(request, deadline, refundKey);
  };
  return {
    provider: 'razorpay',
    send: (call) => send(newAsk(), call, account),
    inquire: (call) => withGatewayErrors('read', () => inquireAtRazorpay(newAsk(), call, account)),
    fetch: (objectId) => withGatewayErrors('read', () => fetchFromRazorpay(newAsk(), objectId, account)),
    keyLifetimeMs,
  };
}

function keyLifetimeMs(operation: GatewayOperation): number {
  return operation === 'refund' ? REFUND_KEY_LIFETIME_MS : 0;
}

async function send(ask: Ask, call: PlannedCall, account: RazorpayAccount): Promise<GatewayAnswer> {
  const kind = MUTATIONS.includes(call.operation) ? 'mutation' : 'read';
  try {
    return await withGatewayErrors(kind, () => RAZORPAY_OPERATIONS[call.operation](ask, call, account));
  } catch (error) {
    const isRefused =
      kind === 'mutation' && error instanceof GatewayError && error.type === 'INVALID_REQUEST';
    if (!isRefused || error.httpStatus === null) throw error;
    return answerIfDone(ask, call, account, error);
  }
}

/**
 * Razorpay rejects what is done already, without an error code for it, so each rejection is checked against the object.
 * If that is in the state that the call leads to, an earlier sending did it, and the object is the answer.
 *
 * @throws GatewayError the rejection, if the call was not done before
 */
async function answerIfDone(
  ask: Ask,
  call: PlannedCall,
  account: RazorpayAccount,
  refused: GatewayError,
): Promise<GatewayAnswer> {
  let answer: GatewayAnswer | null;
  try {
    answer = await inquireAtRazorpay(ask, call, account);
  } catch {
    throw refused;
  }
  if (answer === null) throw refused;
  return answer;
}

async function withGatewayErrors<T>(kind: CallKind, call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (error) {
    throw razorpayErrorOf(kind, error);
  }
}
