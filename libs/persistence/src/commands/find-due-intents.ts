import { EXPIRABLE_STATUSES, type IntentId } from '@payments/domain';
import type { EntityManager } from 'typeorm';

/** An intent whose time is over. */
export interface DueIntent {
  readonly intentId: IntentId;
  readonly version: number;
}

// The second condition is that of idx_payment_intents_expired. What another instance has in hand is passed over.
const SQL = `
SELECT intent_id, version FROM payment_intents intent
WHERE expires_at <= to_timestamp($1::float8 / 1000)
  AND status NOT IN ('SUCCEEDED', 'CANCELED', 'FAILED', 'EXPIRED') AND status = ANY($2::text[])
  AND NOT EXISTS (
    SELECT FROM gateway_requests request
    WHERE request.payment_intent_id = intent.id AND request.answered_at IS NULL AND request.operation = 'capture')
ORDER BY expires_at LIMIT $3
FOR NO KEY UPDATE OF intent SKIP LOCKED`;

/**
 * Intents that are to expire, the longest overdue first, locked until the transaction ends. Those that cannot be
 * ended now, since their money is under way, are found once they can.
 *
 * @param now in milliseconds since the epoch
 */
export async function findDueIntents(em: EntityManager, now: number, countMax: number): Promise<DueIntent[]> {
  const rows: { intent_id: string; version: string }[] = await em.query(SQL, [
    now,
    EXPIRABLE_STATUSES,
    countMax,
  ]);
  return rows.map((row) => ({ intentId: row.intent_id as IntentId, version: Number(row.version) }));
}
