import { offerNewer, PAYMENT_TTL_S, paymentIntentKey, readThrough, type Versioned } from '@payments/cache';
import type { IntentId } from '@payments/domain';
import {
  type Database,
  intentJson,
  isArchivedIntent,
  readIntents,
  type StoredIntent,
} from '@payments/persistence';
import { paymentIntent } from '../answers/payment-intent.js';
import { endpoint } from '../endpoint.js';
import { archived, notFound } from '../missing.js';
import { duration, intentId, invalid, wholeNumber } from '../parameters.js';
import { SharedReads } from '../shared-reads.js';

export const getIntent = endpoint({
  path: '/v1/payment-intents/{intentId}',
  operationId: 'getPaymentIntent',
  summary: 'A payment intent: from the cache, or bypassing it and waiting for its next version if asked to.',
  pathParameters: { intentId },
  queryParameters: {
    wait: duration(
      'With afterVersion: answers once the version is past that, or with the current state when the time is up.',
    ),
    afterVersion: wholeNumber(
      0,
      Number.MAX_SAFE_INTEGER,
      'Bypasses the cache. 0 waits for the intent to be created.',
    ),
  },
  answer: paymentIntent,
  refusals: {
    404: 'There is no such intent, or not yet.',
    410: 'It is archived: ask the operators of the pipeline.',
    429: 'Too many callers with this API key are already waiting.',
  },
  handler: ({ database, cache, waiters, waitMsMax }) => {
    const read = readerOf(database);
    return async ({ intentId: id, wait: waitMs = 0, afterVersion }, caller) => {
      if (waitMs > waitMsMax) throw invalid(`wait: must be like 2s or 500ms, at most ${waitMsMax}ms`);
      const cached = { key: paymentIntentKey(id), ttlS: PAYMENT_TTL_S };
      if (afterVersion === undefined) {
        if (waitMs > 0) {
          throw invalid('afterVersion: is needed with wait; 0 waits for the intent to be created');
        }
        return readThrough(cache, cached, async () => found(id, await read(id)));
      }
      let intent = await read(id);
      if (waitMs > 0 && (intent?.version ?? 0) <= afterVersion) {
        intent = (await waiters.newerThan(id, afterVersion, { waitMs, caller })) ?? intent;
      }
      const value = found(id, intent);
      offerNewer(cache, cached, value);
      return value.text;
    };
  },
});

/** Reads past the cache. For an archived intent the result throws ProblemError 410. */
function readerOf({ primary }: Pick<Database, 'primary'>) {
  const reads = new SharedReads((ids) => readIntents(primary, ids));
  return async (id: IntentId): Promise<StoredIntent | undefined> => {
    const intent = await reads.one(id);
    if (intent === undefined && (await isArchivedIntent(primary, id))) throw archived('payment intent', id);
    return intent;
  };
}

function found(id: IntentId, intent: StoredIntent | undefined): Versioned {
  if (intent === undefined) throw notFound('payment intent', id);
  return { version: intent.version, text: JSON.stringify(intentJson(intent)) };
}
