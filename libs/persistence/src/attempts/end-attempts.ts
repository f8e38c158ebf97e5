import type { AttemptId, Ending } from '@payments/domain';
import type { EntityManager } from 'typeorm';
import { millisOf } from './attempt-row.js';
import { leaseLost } from './errors.js';
import type { AttemptLease } from './lease-attempts.js';

const END = `
WITH ended AS (
  UPDATE gateway_attempts attempt SET lease_token = NULL, state = ending.state, finished_at = clock_timestamp(),
    held_since = NULL, error_type = ending.error_type, error_code = ending.error_code,
    error_message = ending.error_message, inquiry_error = NULL, refund_id = ending.refund_id
  FROM unnest($1::uuid[], $2::uuid[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[])
    AS ending (attempt_id, lease_token, state, error_type, error_code, error_message, refund_id)
  WHERE attempt.attempt_id = ending.attempt_id AND attempt.lease_token = ending.lease_token
  RETURNING attempt.attempt_id, attempt.finished_at
)
SELECT attempt_id, ${millisOf('finished_at')} AS now_ms FROM ended`;

/** The end of a leased attempt. */
export interface LeasedEnding {
  readonly lease: AttemptLease;
  readonly ending: Ending;
  /** The gateway's refund object; null for other operations. */
  readonly refundId: string | null;
}

/**
 * Ends attempts for good.
 *
 * @param endings of different payments
 * @returns the times of their ends in milliseconds since the epoch by the database's clock, in order
 * @throws LeaseLostError if another worker took over one of the leases
 */
export async function endAttempts(em: EntityManager, endings: readonly LeasedEnding[]): Promise<number[]> {
  const errors = endings.map(({ ending }) => ending.error);
  const rows: { attempt_id: AttemptId; now_ms: number }[] = await em.query(END, [
    endings.map(({ lease }) => lease.attemptId),
    endings.map(({ lease }) => lease.token),
    endings.map(({ ending }) => ending.state),
    errors.map((error) => error?.type ?? null),
    errors.map((error) => error?.code ?? null),
    errors.map((error) => error?.message ?? null),
    endings.map(({ refundId }) => refundId),
  ]);
  const times = new Map(rows.map(({ attempt_id, now_ms }) => [attempt_id, now_ms]));
  return endings.map(({ lease }) => {
    const endedAt = times.get(lease.attemptId);
    if (endedAt === undefined) throw leaseLost(lease);
    return endedAt;
  });
}
