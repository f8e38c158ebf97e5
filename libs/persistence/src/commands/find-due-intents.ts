import { EXPIRABLE_STATUSES, INTENT_STATUSES, type IntentId } from '@payments/domain';
import type { EntityManager } from 'typeorm';

/** An intent past its expiry. */
export interface DueIntent {
  readonly intentId: IntentId;
}

export interface DueOptions {
  readonly countMax: number;
  /** To be skipped. */
  readonly except: readonly IntentId[];
}

/** Passed as an exclusion: with a list of included statuses the planner would scan all intents in those. */
const OTHER_STATUSES = INTENT_STATUSES.filter((status) => !EXPIRABLE_STATUSES.includes(status));

// The literal statuses are the predicate of idx_payment_intents_expired, and OFFSET 0 prevents a join, so that the
// first rows of that index are checked one by one. SKIP LOCKED leaves out intents that another instance is expiring.
// `now()` keeps a process with a fast clock from expiring payments early.
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
 * Overdue intents, longest overdue first, locked until the transaction ends. Those that cannot be expired now,
 * because a payment is in progress, are found once they can.
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
