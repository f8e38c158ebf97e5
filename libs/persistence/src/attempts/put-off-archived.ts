import { INTENT_ARCHIVED } from '@payments/domain';
import type { EntityManager } from 'typeorm';
import { leaseLost } from './errors.js';
import type { AttemptLease } from './lease-attempts.js';

// From the row alone: the state at the time of the lease may be outdated.
const PUT_OFF = `
WITH put_off AS (
  UPDATE gateway_attempts attempt SET lease_token = NULL, due_at = now() + $3::float8 * interval '1 ms',
    state = CASE WHEN state = 'SENT' THEN 'UNKNOWN' ELSE state END,
    unknown_since = CASE WHEN state = 'PENDING' THEN unknown_since ELSE coalesce(unknown_since, now()) END,
    needs_review_since = CASE WHEN state = 'PENDING' THEN needs_review_since
      ELSE coalesce(needs_review_since, now()) END,
    inquiry_error = jsonb_build_object('type', 'ARCHIVED', 'code', '${INTENT_ARCHIVED}',
      'message', 'the row of its intent went with its partition: it goes on once that is attached again')
  WHERE attempt_id = $1 AND lease_token = $2
  RETURNING attempt_id
)
SELECT attempt_id FROM put_off`;

/**
 * Releases the lease of an attempt whose intent is archived. It does not end, since nobody could be notified; it
 * continues once the partition is attached again. If it was sent, a person has to review it, since no worker can find
 * out its outcome.
 *
 * @param delayMs milliseconds to its next check
 * @throws LeaseLostError if another worker took it over
 */
export async function putOffArchived(em: EntityManager, lease: AttemptLease, delayMs: number): Promise<void> {
  const rows: unknown[] = await em.query(PUT_OFF, [lease.attemptId, lease.token, delayMs]);
  if (rows.length === 0) throw leaseLost(lease);
}
