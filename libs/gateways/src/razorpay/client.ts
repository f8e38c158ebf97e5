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

/** Razorpay does not say how long it keeps a refund's key; so it is relied upon for no longer than Stripe's. */
const REFUND_KEY_LIFETIME_MS = 24 * 60 * 60 * 1000;

/** Razorpay as a gateway. */
export function createRazorpayClient(settings: RazorpayClientSettings): GatewayClient {
  const api = new RazorpayApi(settings);
  const [signingKey] = hmacKeys([settings.keySecret]);
  if (signingKey === undefined) throw new Error('a key of one secret is one key');
  const account: RazorpayAccount = { keyId: settings.keyId, signingKey };
  const asking = (): Ask => {
    const deadline = api.deadline();
    return (request, refundKey) => api.ask(request, deadline, refundKey);
  };
  return {
    provider: 'razorpay',
    send: (call) => send(asking(), call, account),
    inquire: (call) => as('read', () => inquireAtRazorpay(asking(), call, account)),
    fetch: (objectId) => as('read', () => fetchFromRazorpay(asking(), objectId, account)),
    keyLifetimeMs,
  };
}

function keyLifetimeMs(operation: GatewayOperation): number {
  return operation === 'refund' ? REFUND_KEY_LIFETIME_MS : 0;
}

async function send(ask: Ask, call: PlannedCall, account: RazorpayAccount): Promise<GatewayAnswer> {
  const kind = MUTATIONS.includes(call.operation) ? 'mutation' : 'read';
  try {
    return await as(kind, () => RAZORPAY_OPERATIONS[call.operation](ask, call, account));
  } catch (error) {
    const isRefused =
      kind === 'mutation' && error instanceof GatewayError && error.type === 'INVALID_REQUEST';
    if (!isRefused || error.httpStatus === null) throw error;
    return doneBefore(ask, call, account, error);
  }
}

/**
 * Razorpay refuses to do what is done already, in words and not in codes; so each refusal is checked against the
 * object. If that is as the call would have left it, an earlier sending did it, and what it shows is the answer.
 */
async function doneBefore(
  ask: Ask,
  call: PlannedCall,
  account: RazorpayAccount,
  refused: GatewayError,
): Promise<GatewayAnswer> {
  let shown: GatewayAnswer | null;
  try {
    shown = await inquireAtRazorpay(ask, call, account);
  } catch {
    // What the refusal says stands without it.
    throw refused;
  }
  if (shown === null) throw refused;
  return shown;
}

async function as<T>(kind: CallKind, ask: () => Promise<T>): Promise<T> {
  try {
    return await ask();
  } catch (error) {
    throw razorpayErrorOf(kind, error);
  }
}
