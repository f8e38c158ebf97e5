import type { GatewayOperation, PlannedCall } from '@payments/domain';
import type { PayPalClientSettings } from '../client/client-settings.js';
import type { GatewayAnswer, GatewayClient } from '../client/gateway-client.js';
import type { CallKind } from '../client/gateway-failures.js';
import { PayPalApi } from './api.js';
import { paypalErrorOf } from './errors.js';
import { fetchFromPayPal } from './fetch-payment.js';
import { inquireAtPayPal } from './inquiries.js';
import { sendToPayPal } from './operations.js';
import type { Ask } from './reads.js';
import { answerOfRefused } from './refused.js';

const HOUR_MS = 60 * 60 * 1000;
const ORDER_KEY_LIFETIME_MS = 6 * HOUR_MS;
const PAYMENT_KEY_LIFETIME_MS = 45 * 24 * HOUR_MS;

/**
 * How long PayPal keeps a `PayPal-Request-Id`: it depends on the API (Orders or Payments) of the operation.
 *
 * Source: https://developer.paypal.com/api/rest/reference/idempotency/
 */
const KEY_LIFETIMES_MS = {
  create: ORDER_KEY_LIFETIME_MS,
  confirm: ORDER_KEY_LIFETIME_MS,
  authorize: ORDER_KEY_LIFETIME_MS,
  capture: PAYMENT_KEY_LIFETIME_MS,
  cancel: PAYMENT_KEY_LIFETIME_MS,
  refund: PAYMENT_KEY_LIFETIME_MS,
} as const satisfies Record<GatewayOperation, number>;

/** The client of PayPal. */
export function createPayPalClient(settings: PayPalClientSettings): GatewayClient {
  const api = new PayPalApi(settings);
  const newAsk = (): Ask => {
    const deadline = api.deadline();
    return (request) => api.ask(request, deadline);
  };
  return {
    provider: 'paypal',
    send: (call) => withGatewayErrors('mutation', () => send(newAsk(), call)),
    inquire: (call) => withGatewayErrors('read', () => inquireAtPayPal(newAsk(), call)),
    fetch: (objectId) => withGatewayErrors('read', () => fetchFromPayPal(newAsk(), objectId)),
    keyLifetimeMs: (operation) => KEY_LIFETIMES_MS[operation],
  };
}

async function send(ask: Ask, call: PlannedCall): Promise<GatewayAnswer> {
  try {
    return await sendToPayPal(ask, call);
  } catch (error) {
    return answerOfRefused(ask, call, paypalErrorOf('mutation', error));
  }
}

async function withGatewayErrors<T>(kind: CallKind, call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (error) {
    throw paypalErrorOf(kind, error);
  }
}
