import { AsyncLocalStorage } from 'node:async_hooks';
import Stripe from 'stripe';
import { Agent, fetch, type RequestInit } from 'undici';
import type { StripeClientSettings } from '../client/client-settings.js';
import { connectMsOf } from '../client/connect-limit.js';

/** Stripe's SDK, configured to send a call once and never to retry it. */
export class StripeApi {
  readonly #sdk: Stripe;
  readonly #timeoutMs: number;
  /** Aborts all requests of one `ask`: the SDK has time-outs of single requests only. */
  readonly #deadlines = new AsyncLocalStorage<AbortSignal>();

  constructor(settings: StripeClientSettings) {
    this.#timeoutMs = settings.timeoutMs;
    this.#sdk = new Stripe(settings.apiKey, {
      timeout: settings.timeoutMs,
      maxNetworkRetries: 0,
      telemetry: false,
      // The SDK's client over node:http sends once more after a reset, whatever `maxNetworkRetries` says.
      httpClient: Stripe.createFetchHttpClient(fetchFrom(settings, this.#deadlines)),
    });
  }

  /** Makes requests that together have to end within the time-out. @throws whatever the SDK throws */
  async ask<T>(requests: (sdk: Stripe) => Promise<T>): Promise<T> {
    const deadline = new AbortController();
    const timer = setTimeout(() => deadline.abort(), this.#timeoutMs);
    try {
      return await this.#deadlines.run(deadline.signal, () => requests(this.#sdk));
    } finally {
      clearTimeout(timer);
    }
  }
}

/** The SDK accepts a host and a port but no path prefix, so the whole URL is replaced here. */
function fetchFrom(
  { apiBase, timeoutMs }: StripeClientSettings,
  deadlines: AsyncLocalStorage<AbortSignal>,
): typeof globalThis.fetch {
  const base = new URL(apiBase);
  const prefix = base.pathname.replace(/\/$/, '');
  const dispatcher = new Agent({ connect: { timeout: connectMsOf(timeoutMs) } });
  const send = (input: unknown, init?: RequestInit) => {
    const { pathname, search } = new URL(String(input));
    const signals = [init?.signal, deadlines.getStore()].filter((one) => one instanceof AbortSignal);
    // Following a redirect could send a payment twice, and the API key to another host.
    const ours: RequestInit = { redirect: 'manual', dispatcher, signal: AbortSignal.any(signals) };
    return fetch(new URL(prefix + pathname + search, base), { ...init, ...ours });
  };
  // Same API as Node's own fetch, which rejects a dispatcher from another release of undici.
  return send as unknown as typeof globalThis.fetch;
}
