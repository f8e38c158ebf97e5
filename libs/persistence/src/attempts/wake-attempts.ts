import { type Attempt, type IntentRowId, movesMoney } from '@payments/domain';
import type { EntityManager } from 'typeorm';
import { pipelined } from '../statements/pipelined.js';

// Attempts that were never tried, or are held for another reason than time, may have waited for the one that ended.
// Only the first of each leg is woken: those behind it still have to wait.
const WAKE_WAITING = `
UPDATE gateway_attempts waiting SET due_at = now()
WHERE payment_intent_id = ANY($1::uuid[]) AND state = 'PENDING' AND lease_token IS NULL AND due_at > now()
  AND (held_since IS NOT NULL OR sends = 0 AND error_code IS NULL)
  AND NOT EXISTS (SELECT 1 FROM gateway_attempts earlier
    WHERE earlier.payment_intent_id = waiting.payment_intent_id AND earlier.leg = waiting.leg
      AND earlier.sequence < waiting.sequence AND earlier.state IN ('PENDING', 'SENT', 'UNKNOWN'))`;

// An attempt that is being held back at this moment becomes due again within a minute.
const WAKE_ORDER = `
WITH waiting AS MATERIALIZED (
  SELECT attempt_id FROM gateway_attempts attempt
  WHERE attempt.state = 'PENDING' AND attempt.held_since IS NOT NULL AND attempt.due_at > now()
    AND attempt.lease_token IS NULL
    AND attempt.payment_intent_id IN (SELECT other.payment_intent_id
      FROM payment_intent_keys key JOIN payment_intent_keys other USING (order_id)
      WHERE key.payment_intent_id = ANY($1::uuid[]) AND other.payment_intent_id <> key.payment_intent_id)
  FOR NO KEY UPDATE SKIP LOCKED
)
UPDATE gateway_attempts attempt SET due_at = now() FROM waiting WHERE attempt.attempt_id = waiting.attempt_id`;

const WAKE_HELD = `
UPDATE gateway_attempts SET due_at = now()
WHERE payment_intent_id = ANY($1::uuid[]) AND state = 'PENDING' AND held_since IS NOT NULL AND due_at > now()
  AND lease_token IS NULL`;

/**
 * Makes attempts due that may have waited for those that ended, in the same intents and in others of their orders.
 *
 * @returns whether there are any
 */
export async function wakeBehind(em: EntityManager, ended: readonly EndedAttempt[]): Promise<boolean> {
  const idsOf = (attempts: readonly EndedAttempt[]): IntentRowId[] =>
    attempts.map(({ paymentIntentId }) => paymentIntentId);
  const freeing = ended.filter(({ operation }) => movesMoney(operation) || operation === 'cancel');
  const woken = await pipelined([
    wakeWaiting(em, idsOf(ended)),
    freeing.length > 0 ? hasUpdated(em, WAKE_ORDER, idsOf(freeing)) : Promise.resolve(false),
  ]);
  return woken.includes(true);
}

/**
 * Makes attempts of these intents due that waited for an earlier one of their leg that has ended. Call it after the
 * commit that inserted attempts behind another one: if that ended at the same moment, neither transaction saw the
 * other.
 *
 * @returns whether there are any
 */
export function wakeWaiting(
  em: Pick<EntityManager, 'query'>,
  intentIds: readonly IntentRowId[],
): Promise<boolean> {
  return hasUpdated(em, WAKE_WAITING, intentIds);
}

async function hasUpdated(
  em: Pick<EntityManager, 'query'>,
  sql: string,
  ids: readonly IntentRowId[],
): Promise<boolean> {
  const [, count]: [unknown, number] = await em.query(sql, [ids]);
  return count > 0;
}

type EndedAttempt = Pick<Attempt, 'paymentIntentId' | 'operation'>;

/**
 * Makes attempts due that wait for another reason than time, such as the payer's approval. If the transaction writes
 * what they wait for, the caller must hold the locks of the intents, under which other workers decide to hold an
 * attempt.
 */
export async function wakeHeld(em: EntityManager, intentIds: readonly IntentRowId[]): Promise<void> {
  if (intentIds.length > 0) await em.query(WAKE_HELD, [intentIds]);
}
