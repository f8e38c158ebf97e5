import type { IntentId, IntentStatus } from '@payments/domain';
import type { Database } from '@payments/persistence';

/** The state of a payment in the pipeline. */
export interface Progress {
  readonly intentId: IntentId;
  readonly status: IntentStatus;
  /** Number of decided commands. */
  readonly commands: number;
  /** Number of requested gateway calls without an outcome. */
  readonly openCalls: number;
  /** In minor units. */
  readonly refundPending: number;
  /** The call that a person has to review, and why; null if there is none; empty if it has no error code. */
  readonly inReview: string | null;
}

const PROGRESS = `
SELECT intent.intent_id AS "intentId", intent.status, intent.amount_refund_pending::float8 AS "refundPending",
  (SELECT count(*)::int FROM commands WHERE payment_intent_id = intent.id) AS commands,
  (SELECT count(*)::int FROM gateway_requests WHERE payment_intent_id = intent.id AND answered_at IS NULL)
    AS "openCalls",
  (SELECT coalesce(max(operation || ' at ' || gateway_provider || ': ' || error_code), '') FROM gateway_attempts
    WHERE payment_intent_id = intent.id AND finished_at IS NULL AND needs_review_since IS NOT NULL
    HAVING count(*) > 0) AS "inReview"
FROM payment_intents intent
WHERE intent.id IN (SELECT payment_intent_id FROM payment_intent_keys WHERE intent_id = ANY($1))`;

/** The progress of those payments that exist. */
export async function readProgress(
  { primary }: Pick<Database, 'primary'>,
  intentIds: readonly IntentId[],
): Promise<ReadonlyMap<IntentId, Progress>> {
  const rows: Progress[] = await primary.query(PROGRESS, [intentIds]);
  return new Map(rows.map((row) => [row.intentId, row]));
}
