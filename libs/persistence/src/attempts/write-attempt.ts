import type { PostponeStep, SendStep } from '@payments/domain';
import type { EntityManager } from 'typeorm';
import { databaseErrorOf } from '../database-error.js';
import { AnotherIsOpenError, LeaseLostError } from './errors.js';
import type { AttemptLease } from './lease-attempts.js';

const MARK_SENT = `
WITH marked AS (
  UPDATE gateway_attempts SET state = 'SENT', sends = sends + 1, resends = resends + $3::int,
    first_sent_at = coalesce(first_sent_at, clock_timestamp()), last_sent_at = clock_timestamp(), target_id = $4,
    held_since = NULL, not_found_since = NULL
  WHERE attempt_id = $1 AND lease_token = $2
  RETURNING 1
)
SELECT count(*)::int AS marked FROM marked`;

const POSTPONE = `
WITH postponed AS (
  UPDATE gateway_attempts SET lease_token = NULL, state = $3, due_at = to_timestamp($4::float8 / 1000),
    retries = $5, key_round = $6, resends = $7, inquiries = $8, target_id = $9,
    first_sent_at = to_timestamp($10::float8 / 1000), last_sent_at = to_timestamp($11::float8 / 1000),
    held_since = to_timestamp($12::float8 / 1000), unknown_since = to_timestamp($13::float8 / 1000),
    not_found_since = to_timestamp($14::float8 / 1000), needs_review_since = to_timestamp($15::float8 / 1000),
    error_type = $16, error_code = $17, error_message = $18
  WHERE attempt_id = $1 AND lease_token = $2
  RETURNING 1
)
SELECT count(*)::int AS postponed FROM postponed`;

/**
 * From the commit on the call may be made, and until its outcome is known nothing else that moves money is.
 *
 * @throws AnotherIsOpenError if something else that moves money is open for the intent: roll back, then `hold` it
 * @throws LeaseLostError if the lease is another's by now
 */
export async function markSent(
  em: EntityManager,
  lease: AttemptLease,
  { call, isResend }: SendStep,
): Promise<void> {
  try {
    const values = [lease.attemptId, lease.token, isResend ? 1 : 0, call.targetId];
    const [row]: { marked: number }[] = await em.query(MARK_SENT, values);
    requireHeld(lease, row?.marked);
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
  const { state, retries, keyRound, resends, inquiries, targetId, firstSentAt, lastSentAt } = attempt;
  const { heldSince, unknownSince, notFoundSince, needsReviewSince, lastError } = attempt;
  const [row]: { postponed: number }[] = await em.query(POSTPONE, [
    ...[lease.attemptId, lease.token, state, dueAt, retries, keyRound, resends, inquiries, targetId],
    ...[firstSentAt, lastSentAt, heldSince, unknownSince, notFoundSince, needsReviewSince],
    ...[lastError?.type ?? null, lastError?.code ?? null, lastError?.message ?? null],
  ]);
  requireHeld(lease, row?.postponed);
}

function requireHeld({ attemptId }: AttemptLease, rows: number | undefined): void {
  if (rows === 1) return;
  throw new LeaseLostError(`attempt ${attemptId} is held by another worker, or has ended`);
}
