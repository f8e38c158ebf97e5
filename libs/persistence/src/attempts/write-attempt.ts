import type { Attempt, PostponeStep, SendStep } from '@payments/domain';
import type { EntityManager } from 'typeorm';
import { databaseErrorOf } from '../database-error.js';
import { ATTEMPT_COLUMNS, type AttemptRow, attemptOf } from './attempt-row.js';
import { AnotherIsOpenError, leaseLost } from './errors.js';
import type { AttemptLease } from './lease-attempts.js';

const MARK_SENT = `
WITH marked AS (
  UPDATE gateway_attempts SET state = 'SENT', sends = sends + 1, resends = resends + $3::int,
    first_sent_at = coalesce(first_sent_at, clock_timestamp()), last_sent_at = clock_timestamp(), target_id = $4,
    held_since = NULL, not_found_since = NULL, inquiries = CASE WHEN $3::int = 0 THEN 0 ELSE inquiries END
  WHERE attempt_id = $1 AND lease_token = $2
  RETURNING *
)
SELECT ${ATTEMPT_COLUMNS} FROM marked attempt`;

// What a key was used for is told by the row alone, which may be newer than what was decided on.
const POSTPONE = `
WITH postponed AS (
  UPDATE gateway_attempts SET lease_token = NULL, state = $3, due_at = to_timestamp($4::float8 / 1000),
    retries = $5, inquiries = $6, key_round = $7,
    resends = CASE WHEN key_round = $7 THEN resends ELSE 0 END,
    target_id = CASE WHEN key_round = $7 THEN target_id END,
    first_sent_at = CASE WHEN key_round = $7 THEN first_sent_at END,
    last_sent_at = CASE WHEN key_round = $7 THEN last_sent_at END,
    held_since = to_timestamp($8::float8 / 1000), unknown_since = to_timestamp($9::float8 / 1000),
    not_found_since = to_timestamp($10::float8 / 1000), needs_review_since = to_timestamp($11::float8 / 1000),
    error_type = $12, error_code = $13, error_message = $14
  WHERE attempt_id = $1 AND lease_token = $2
  RETURNING 1
)
SELECT count(*)::int AS postponed FROM postponed`;

/**
 * From the commit on the call may be made, and until its outcome is known nothing else that moves money is.
 *
 * @returns the attempt as it then is: what the call comes to is decided on that
 * @throws AnotherIsOpenError if something else that moves money is open for the intent: roll back, then `hold` it
 * @throws LeaseLostError if the lease is another's by now
 */
export async function markSent(
  em: EntityManager,
  lease: AttemptLease,
  { call, isResend }: SendStep,
): Promise<Attempt> {
  const values = [lease.attemptId, lease.token, isResend ? 1 : 0, call.targetId];
  try {
    const [row]: AttemptRow[] = await em.query(MARK_SENT, values);
    if (row === undefined) throw leaseLost(lease);
    return attemptOf(row);
  } catch (error) {
    const found = databaseErrorOf(error);
    if (found?.kind !== 'statement' || found.constraint !== 'gateway_attempts_one_open') throw error;
    throw new AnotherIsOpenError(`another call is open for payment ${lease.paymentIntentId}`, {
      cause: error,
    });
  }
}

/** Gives the lease back until the attempt is due again. @throws LeaseLostError if it is another's by now */
export async function postpone(
  em: EntityManager,
  lease: AttemptLease,
  { attempt, dueAt }: PostponeStep,
): Promise<void> {
  const { state, retries, inquiries, keyRound, heldSince, unknownSince, notFoundSince } = attempt;
  const { needsReviewSince, lastError } = attempt;
  const [row]: { postponed: number }[] = await em.query(POSTPONE, [
    ...[lease.attemptId, lease.token, state, dueAt, retries, inquiries, keyRound],
    ...[heldSince, unknownSince, notFoundSince, needsReviewSince],
    ...[lastError?.type ?? null, lastError?.code ?? null, lastError?.message ?? null],
  ]);
  if (row?.postponed !== 1) throw leaseLost(lease);
}
