import { offerNewer, PAYMENT_TTL_S, paymentIntentKey, readThrough, type Versioned } from '@payments/cache';
import type { IntentId } from '@payments/domain';
import { intentJson, readIntent, type StoredIntent } from '@payments/persistence';
import { paymentIntent } from '../answers/payment-intent.js';
import { endpoint } from '../endpoint.js';
import { notFound } from '../not-found.js';
import { duration, intentId, invalid, wholeNumber } from '../parameters.js';

export const getIntent = endpoint({
  path: '/v1/payment-intents/{intentId}',
  operationId: 'getPaymentIntent',
  summary: 'A payment intent: as it is cached, or past the cache, waiting for its next version if asked to.',
  pathParameters: { intentId },
  queryParameters: {
    wait: duration(
      'With afterVersion: the answer comes once the version is past that, or as it is when the time is over.',
    ),
    afterVersion: wholeNumber(
      0,
      Number.MAX_SAFE_INTEGER,
      'Reads past the cache. 0 waits for the intent to be created.',
    ),
  },
  answer: paymentIntent,
  refusals: {
    404: 'There is no such intent, or not yet.',
    429: 'Too many callers with this API key wait already.',
  },
  handler:
    ({ database, cache, waiters, waitMsMax }) =>
    async ({ intentId: id, wait: waitMs = 0, afterVersion }, caller) => {
      if (waitMs > waitMsMax) throw invalid(`wait: must be like 2s or 500ms, at most ${waitMsMax}ms`);
      const cached = { key: paymentIntentKey(id), ttlS: PAYMENT_TTL_S };
      if (afterVersion === undefined) {
        if (waitMs > 0) {
          throw invalid('afterVersion: is needed with wait; 0 waits for the intent to be created');
        }
        return readThrough(cache, cached, async () => found(id, await readIntent(database.primary, id)));
      }
      let intent = await readIntent(database.primary, id);
      if (waitMs > 0 && (intent?.version ?? 0) <= afterVersion) {
        intent = (await waiters.newerThan(id, afterVersion, { waitMs, caller })) ?? intent;
      }
      const value = found(id, intent);
      offerNewer(cache, cached, value);
      return value.text;
    },
});

function found(id: IntentId, intent: StoredIntent | undefined): Versioned {
  if (intent === undefined) throw notFound('payment intent', id);
  return { version: intent.version, text: JSON.stringify(intentJson(intent)) };
}
