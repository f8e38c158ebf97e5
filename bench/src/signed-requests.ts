import { signStripe, stripeWebhook } from '@payments/simulator';

/** Number of distinct requests. They are repeated, since no measured ingress deduplicates. */
const POOL_COUNT = 20_000;

/** Complete HTTP requests with distinct, signed Stripe webhooks of about 2 KB, each of another payment. */
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

/** Repeats `pool` without end. */
export function* endlessly<T>(pool: readonly T[]): Generator<T, never> {
  for (;;) yield* pool;
}
