import type { Attempt, SendStep } from '@payments/domain';
import type { EntityManager } from 'typeorm';
import { databaseErrorOf } from '../database-error.js';
import { ATTEMPT_COLUMNS, type AttemptRow, attemptOf } from './attempt-row.js';
import { AnotherIsOpenError, leaseLost } from './errors.js';
import type { AttemptLease } from './lease-attempts.js';

const MARK_SENT = `
WITH marked AS (
  UPDATE gateway_attempts attempt SET state = 'SENT', sends = sends + 1, resends = attempt.resends + call.resends,
    first_sent_at = coalesce(first_sent_at, clock_timestamp()), last_sent_at = clock_timestamp(),
    target_id = call.target_id, held_since = NULL, not_found_since = NULL,
    inquiries = CASE WHEN call.resends = 0 THEN 0 ELSE inquiries END
  FROM unnest($1::uuid[], $2::uuid[], $3::int[], $4::text[]) AS call (attempt_id, lease_token, resends, target_id)
  WHERE attempt.attempt_id = call.attempt_id AND attempt.lease_token = call.lease_token
  RETURNING ${ATTEMPT_COLUMNS}
)
SELECT * FROM marked`;

/** A call to be made under a lease. */
export interface Sending {
  readonly lease: AttemptLease;
  readonly step: SendStep;
}

/**
 * Marks attempts as sent: once that is committed, the calls may be made. Until the outcome of a call is known, no other
 * call that moves money of its intent can be marked.
 *
 * @param sendings of different payments
 * @returns the attempts after the update, in order: outcomes are decided on them
 * @throws AnotherIsOpenError if another call that moves money is open for one of the intents: roll back, then `hold`
 * it
 * @throws LeaseLostError if another worker took over one of the leases
 */
export async function markAllSent(em: EntityManager, sendings: readonly Sending[]): Promise<Attempt[]> {
  if (sendings.length === 0) return [];
  const rows: AttemptRow[] = await unlessAnotherIsOpen(
    em.query(MARK_SENT, [
      sendings.map(({ lease }) => lease.attemptId),
      sendings.map(({ lease }) => lease.token),
      sendings.map(({ step }) => (step.isResend ? 1 : 0)),
      sendings.map(({ step }) => step.call.targetId),
    ]),
  );
  const marked = new Map(rows.map((row) => [row.attempt_id, attemptOf(row)]));
  return sendings.map(({ lease }) => {
    const attempt = marked.get(lease.attemptId);
    if (attempt === undefined) throw leaseLost(lease);
    return attempt;
  });
}

/** As `markAllSent`, for one. */
export async function markSent(em: EntityManager, lease: AttemptLease, step: SendStep): Promise<Attempt> {
  const [attempt] = await markAllSent(em, [{ lease, step }]);
  if (attempt === undefined) throw leaseLost(lease);
  return attempt;
}

async function unlessAnotherIsOpen<T>(marking: Promise<T>): Promise<T> {
  try {
    return await marking;
  } catch (error) {
    const found = databaseErrorOf(error);
    if (found?.kind !== 'statement' || found.constraint !== 'gateway_attempts_one_open') throw error;
    throw new AnotherIsOpenError('another call is open for the payment', { cause: error });
  }
}
