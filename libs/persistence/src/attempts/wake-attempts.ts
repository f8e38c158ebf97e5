import type { IntentRowId } from '@payments/domain';
import type { EntityManager } from 'typeorm';

// What was never tried, or waits for something else than a clock, may have waited for what ended.
const WAKE_WAITING = `
UPDATE gateway_attempts SET due_at = now()
WHERE payment_intent_id = $1 AND state = 'PENDING' AND lease_token IS NULL AND due_at > now()
  AND (held_since IS NOT NULL OR sends = 0 AND error_code IS NULL)`;

const WAKE_HELD = `
UPDATE gateway_attempts SET due_at = now()
WHERE payment_intent_id = ANY($1::uuid[]) AND state = 'PENDING' AND held_since IS NOT NULL AND due_at > now()
  AND lease_token IS NULL`;

/** Attempts of an intent that may have waited for one that ended are due now. */
export async function wakeWaiting(em: EntityManager, paymentIntentId: IntentRowId): Promise<void> {
  await em.query(WAKE_WAITING, [paymentIntentId]);
}

/**
 * Attempts that wait for something else than a clock, such as the payer's approval, are due now. The intents are
 * locked by the caller if what they wait for is written in this transaction: whoever holds one back decides under
 * that lock.
 */
export async function wakeHeld(em: EntityManager, intentIds: readonly IntentRowId[]): Promise<void> {
  if (intentIds.length > 0) await em.query(WAKE_HELD, [intentIds]);
}
