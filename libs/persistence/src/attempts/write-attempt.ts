import type { Attempt, PostponeStep, SendStep } from '@payments/domain';
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

/** A call that is to be made with a lease. */
export interface Sending {
  readonly lease: AttemptLease;
  readonly step: SendStep;
}

/**
 * From the commit on the calls may be made, and until the outcome of one is known nothing else that moves money of
 * its intent is.
 *
 * @param sendings of different payments
 * @returns the attempts as they then are, in order: what a call comes to is decided on that
 * @throws AnotherIsOpenError if something else that moves money is open for one of the intents: roll back, then `hold` it
 * @throws LeaseLostError if one of the leases is another's by now
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

/** As `markAllSent`, of one. */
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
