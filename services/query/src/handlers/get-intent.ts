import {
  offerNewer,
  PAYMENT_TTL_S,
  paymentIntentKey,
  type ReadCache,
  readThrough,
  type Versioned,
} from '@payments/cache';
import type { IntentId } from '@payments/domain';
import { type Database, intentJson, readIntent, type StoredIntent } from '@payments/persistence';
import type { IntentWaiters } from '../intent-waiters.js';
import { notFound } from '../not-found.js';
import {
  duration,
  intentId as id,
  invalid,
  type ParameterSource,
  readParameters,
  wholeNumber,
} from '../parameters.js';

export interface GetIntentDeps {
  readonly database: Pick<Database, 'primary'>;
  readonly cache: ReadCache;
  readonly waiters: Pick<IntentWaiters, 'newerThan'>;
  /** Longest `wait` in milliseconds. */
  readonly waitMsMax: number;
}

/**
 * `GET /v1/payment-intents/{intentId}`: what is cached, or the row. With `afterVersion` always the row; with `wait`
 * too, the answer comes once its version is past `afterVersion`, or as it is when the time is over.
 */
export async function getIntent(
  { database, cache, waiters, waitMsMax }: GetIntentDeps,
  source: ParameterSource,
  onGone: (end: () => void) => void,
): Promise<string> {
  const query = { wait: duration(waitMsMax), afterVersion: wholeNumber(0, Number.MAX_SAFE_INTEGER) };
  const { intentId, wait: waitMs = 0, afterVersion } = readParameters(source, { intentId: id }, query);
  const cached = { key: paymentIntentKey(intentId), ttlS: PAYMENT_TTL_S };
  if (afterVersion === undefined) {
    if (waitMs > 0) throw invalid('afterVersion: is needed with wait; 0 waits for the intent to be created');
    return readThrough(cache, cached, async () =>
      found(intentId, await readIntent(database.primary, intentId)),
    );
  }
  let intent = await readIntent(database.primary, intentId);
  if (waitMs > 0 && (intent?.version ?? 0) <= afterVersion) {
    intent = (await waiters.newerThan(intentId, afterVersion, { waitMs, onGone })) ?? intent;
  }
  const value = found(intentId, intent);
  offerNewer(cache, cached, value);
  return value.text;
}

function found(intentId: IntentId, intent: StoredIntent | undefined): Versioned {
  if (intent === undefined) throw notFound('payment intent', intentId);
  return { version: intent.version, text: JSON.stringify(intentJson(intent)) };
}
