import type { Ending } from '@payments/domain';
import type { EntityManager } from 'typeorm';
import { millisOf } from './attempt-row.js';
import { leaseLost } from './errors.js';
import type { AttemptLease } from './lease-attempts.js';

const END = `
WITH ended AS (
  UPDATE gateway_attempts SET lease_token = NULL, state = $3, finished_at = clock_timestamp(), held_since = NULL,
    error_type = $4, error_code = $5, error_message = $6
  WHERE attempt_id = $1 AND lease_token = $2
  RETURNING finished_at
)
SELECT ${millisOf('finished_at')} AS now_ms FROM ended`;

/**
 * Ends an attempt for good.
 *
 * @returns when, in milliseconds since the epoch by the database's clock
 * @throws LeaseLostError if the lease is another's by now
 */
export async function endAttempt(
  em: EntityManager,
  lease: AttemptLease,
  { state, error }: Ending,
): Promise<number> {
  const said = [error?.type ?? null, error?.code ?? null, error?.message ?? null];
  const [row]: { now_ms: number }[] = await em.query(END, [lease.attemptId, lease.token, state, ...said]);
  if (row === undefined) throw leaseLost(lease);
  return row.now_ms;
}
