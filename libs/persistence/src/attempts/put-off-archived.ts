import { INTENT_ARCHIVED } from '@payments/domain';
import type { EntityManager } from 'typeorm';
import { leaseLost } from './errors.js';
import type { AttemptLease } from './lease-attempts.js';

// By the row alone: what was known when it was leased may be older.
const PUT_OFF = `
WITH put_off AS (
  UPDATE gateway_attempts attempt SET lease_token = NULL, due_at = now() + $3::float8 * interval '1 ms',
    state = CASE WHEN state = 'SENT' THEN 'UNKNOWN' ELSE state END,
    unknown_since = CASE WHEN state = 'PENDING' THEN unknown_since ELSE coalesce(unknown_since, now()) END,
    needs_review_since = CASE WHEN state = 'PENDING' THEN needs_review_since
      ELSE coalesce(needs_review_since, now()) END,
    error_type = 'ARCHIVED', error_code = '${INTENT_ARCHIVED}',
    error_message = 'the row of its intent went with its partition: it goes on once that is attached again'
  WHERE attempt_id = $1 AND lease_token = $2
  RETURNING attempt_id
)
SELECT attempt_id FROM put_off`;

/**
 * Gives back the lease of an attempt whose intent is archived. Nothing ends: nobody could be told, and once the
 * partition is attached again it goes on. What was sent is shown to a person, since no worker finds out what came of it.
 *
 * @param delayMs until it is looked at again, in milliseconds
 * @throws LeaseLostError if it is another's by now
 */
export async function putOffArchived(em: EntityManager, lease: AttemptLease, delayMs: number): Promise<void> {
  const rows: unknown[] = await em.query(PUT_OFF, [lease.attemptId, lease.token, delayMs]);
  if (rows.length === 0) throw leaseLost(lease);
}
