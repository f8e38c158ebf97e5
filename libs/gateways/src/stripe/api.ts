import Stripe from 'stripe';
import { Agent, fetch, type RequestInit } from 'undici';
import type { StripeClientSettings } from '../client/client-settings.js';
import { connectMsOf } from '../client/connect-limit.js';

/** Stripe's SDK, set so that a call is sent once and ends within the time-out. */
export function createStripeApi(settings: StripeClientSettings): Stripe {
  return new Stripe(settings.apiKey, {
    timeout: settings.timeoutMs,
    maxNetworkRetries: 0,
    telemetry: false,
    // The SDK's client over node:http sends once more after a reset, whatever `maxNetworkRetries` says.
    httpClient: Stripe.createFetchHttpClient(fetchFrom(settings)),
  });
}

/** The SDK takes host and port, but no path in front of its own: so the whole address is replaced here. */
function fetchFrom({ apiBase, timeoutMs }: StripeClientSettings): typeof globalThis.fetch {
  const base = new URL(apiBase);
  const prefix = base.pathname.replace(/\/$/, '');
  const dispatcher = new Agent({ connect: { timeout: connectMsOf(timeoutMs) } });
  const send = (input: unknown, init?: RequestInit) => {
    const { pathname, search } = new URL(String(input));
    // Followed, a redirect could send a payment twice, and the key to another host.
    return fetch(new URL(prefix + pathname + search, base), { ...init, redirect: 'manual', dispatcher });
  };
  // The same API as Node's own, which takes no dispatcher of another release of the library.
  return send as unknown as typeof globalThis.fetch;
}
