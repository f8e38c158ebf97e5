import { signStripe, stripeWebhook } from '@payments/simulator';

/** Distinct requests of a pool; more would only fill memory, since no ingress measured here dedupes. */
const POOL_COUNT = 20_000;

/** Complete HTTP requests of distinct, signed Stripe webhooks of about 2 KB, over `POOL_COUNT` payments. */
export function signedRequests(secret: string): Buffer[] {
  return Array.from({ length: POOL_COUNT }, () => {
    const { body } = stripeWebhook({ type: 'payment_intent.succeeded' });
    const headers = Object.entries(signStripe(body, secret, Date.now()));
    return Buffer.concat([
      Buffer.from(
        [
          'POST /webhooks/stripe HTTP/1.1',
          'host: 127.0.0.1',
          `content-length: ${body.length}`,
          ...headers.map(([name, value]) => `${name}: ${value}`),
          '\r\n',
        ].join('\r\n'),
      ),
      body,
    ]);
  });
}

/** Goes round and round in `pool`. */
export function* endlessly<T>(pool: readonly T[]): Generator<T, never> {
  for (;;) yield* pool;
}
