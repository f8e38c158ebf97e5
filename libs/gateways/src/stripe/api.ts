import Stripe from 'stripe';
import type { StripeClientSettings } from '../client/client-settings.js';

/** Stripe's SDK, set so that a call is sent once and ends within the time-out. */
export function createStripeApi({ apiKey, apiBase, timeoutMs }: StripeClientSettings): Stripe {
  return new Stripe(apiKey, {
    timeout: timeoutMs,
    maxNetworkRetries: 0,
    telemetry: false,
    // The SDK's client over node:http sends once more after a reset, whatever `maxNetworkRetries` says.
    httpClient: Stripe.createFetchHttpClient(fetchFrom(new URL(apiBase))),
  });
}

/** The SDK takes host and port, but no path in front of its own: so the whole address is replaced here. */
function fetchFrom(base: URL): typeof fetch {
  const prefix = base.pathname.replace(/\/$/, '');
  return (input, init) => {
    const { pathname, search } = new URL(String(input));
    // Followed, a redirect could send a payment twice, and the key to another host.
    return fetch(new URL(prefix + pathname + search, base), { ...init, redirect: 'manual' });
  };
}
