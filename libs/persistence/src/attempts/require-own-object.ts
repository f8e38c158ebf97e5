import type { EntityManager } from 'typeorm';
import { VerdictRefusedError } from './errors.js';
import type { StoredAttempt } from './read-attempts.js';

/** The known owner of an object, other than the attempt for which a person names it. */
interface Claim {
  readonly find: string;
  readonly values: (attempt: StoredAttempt, objectId: string) => readonly unknown[];
  readonly reason: (owner: string) => string;
}

const OTHER_PAYMENT: Claim = {
  find: `SELECT coalesce(key.intent_id, ref.payment_intent_id) AS owner
    FROM gateway_object_refs ref LEFT JOIN payment_intent_keys key USING (payment_intent_id)
    WHERE ref.gateway_provider = $1 AND ref.object_id = $2 AND ref.payment_intent_id <> $3`,
  values: ({ provider, paymentIntentId }, objectId) => [provider, objectId, paymentIntentId],
  reason: (intentId) => `is of another payment: intent ${intentId}`,
};

const NO_REFUND: Claim = {
  find: `SELECT type AS owner FROM payment_transaction_keys
    WHERE gateway_provider = $1 AND gateway_object_id = $2 AND type <> 'REFUND' LIMIT 1`,
  values: ({ provider }, objectId) => [provider, objectId],
  reason: (type) => `is no refund, but the object of a ${type}`,
};

const OTHER_REFUND: Claim = {
  find: `SELECT attempt_id AS owner FROM gateway_attempts
    WHERE payment_intent_id = $1 AND gateway_provider = $2 AND attempt_id <> $3 AND refund_id = $4 LIMIT 1`,
  values: ({ paymentIntentId, provider, attemptId }, objectId) => [
    paymentIntentId,
    provider,
    attemptId,
    objectId,
  ],
  reason: (attemptId) => `is what attempt ${attemptId} gave back: name the refund of this one`,
};

/**
 * Rejects an object that belongs to another attempt: one refund at the gateway must not end two attempts. The object's
 * own data is checked when the worker fetches it: see `decideFetched`.
 *
 * @param attempt its payment is locked, so that no concurrent verdict can name the same object
 * @throws VerdictRefusedError
 */
export async function requireOwnObject(
  em: EntityManager,
  attempt: StoredAttempt,
  objectId: string,
): Promise<void> {
  // A leg has one object per operation, except for refunds, which are easily confused.
  const claims = attempt.operation === 'refund' ? [OTHER_PAYMENT, NO_REFUND, OTHER_REFUND] : [OTHER_PAYMENT];
  for (const { find, values, reason } of claims) {
    const [found]: { owner: string }[] = await em.query(find, [...values(attempt, objectId)]);
    if (found !== undefined) throw new VerdictRefusedError(`${objectId} ${reason(found.owner)}`);
  }
}
