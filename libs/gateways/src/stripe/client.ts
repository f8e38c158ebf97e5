import type { PlannedCall } from '@payments/domain';
import type { Stripe } from 'stripe';
import type { StripeClientSettings } from '../client/client-settings.js';
import type { GatewayAnswer, GatewayClient } from '../client/gateway-client.js';
import { alreadyDone } from './already-done.js';
import { StripeApi } from './api.js';
import { stripeErrorOf } from './errors.js';
import { fetchFromStripe } from './fetch-payment.js';
import { inquireAtStripe } from './inquiries.js';
import { sendToStripe } from './operations.js';
import { refusedNow } from './refused-now.js';

/** For at least this long Stripe keeps an idempotency key. Source: https://docs.stripe.com/api/idempotent_requests */
const KEY_LIFETIME_MS = 24 * 60 * 60 * 1000;

/** The client of Stripe. */
export function createStripeClient(settings: StripeClientSettings): GatewayClient {
  const api = new StripeApi(settings);
  return {
    provider: 'stripe',
    send: (call) => api.ask((stripe) => send(stripe, call)),
    inquire: (call) => asRead(() => api.ask((stripe) => inquireAtStripe(stripe, call))),
    fetch: (objectId) => asRead(() => api.ask((stripe) => fetchFromStripe(stripe, objectId))),
    keyLifetimeMs: () => KEY_LIFETIME_MS,
  };
}

async function send(stripe: Stripe, call: PlannedCall): Promise<GatewayAnswer> {
  try {
    return await sendToStripe(stripe, call);
  } catch (error) {
    const refused = await refusedNow(stripe, stripeErrorOf('mutation', error));
    const done = alreadyDone(call, refused);
    if (done === undefined) throw refused;
    return done;
  }
}

async function asRead<T>(read: () => Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (error) {
    throw stripeErrorOf('read', error);
  }
}
