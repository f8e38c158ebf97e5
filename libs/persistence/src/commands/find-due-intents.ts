import { EXPIRABLE_STATUSES, INTENT_STATUSES, type IntentId } from '@payments/domain';
import type { EntityManager } from 'typeorm';

/** An intent whose time is over. */
export interface DueIntent {
  readonly intentId: IntentId;
}

export interface DueOptions {
  readonly countMax: number;
  /** To be passed over. */
  readonly except: readonly IntentId[];
}

/** Not asked for by their names: the planner would look through all intents of those. */
const OTHER_STATUSES = INTENT_STATUSES.filter((status) => !EXPIRABLE_STATUSES.includes(status));

// The second condition is that of idx_payment_intents_expired, and OFFSET 0 keeps the planner from joining: the first
// rows of that index are then looked at one by one. What another instance has in hand is passed over. A process whose
// clock is fast ends nobody's payment early.
const SQL = `
SELECT intent_id FROM payment_intents intent
WHERE expires_at <= least(to_timestamp($1::float8 / 1000), now())
  AND status NOT IN ('SUCCEEDED', 'CANCELED', 'FAILED', 'EXPIRED') AND status <> ALL($2::text[])
  AND intent_id <> ALL($4::uuid[])
  AND NOT EXISTS (
    SELECT FROM gateway_requests request
    WHERE request.payment_intent_id = intent.id AND request.answered_at IS NULL AND request.operation = 'capture' OFFSET 0)
ORDER BY expires_at LIMIT $3
FOR NO KEY UPDATE OF intent SKIP LOCKED`;

/**
 * Intents that are to expire, the longest overdue first, locked until the transaction ends. Those that cannot be
 * ended now, since their money is under way, are found once they can.
 *
 * @param now in milliseconds since the epoch
 */
export async function findDueIntents(
  em: EntityManager,
  now: number,
  { countMax, except }: DueOptions,
): Promise<DueIntent[]> {
  const rows: { intent_id: string }[] = await em.query(SQL, [now, OTHER_STATUSES, countMax, except]);
  return rows.map((row) => ({ intentId: row.intent_id as IntentId }));
}
