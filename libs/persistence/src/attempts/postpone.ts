import type { PostponeStep } from '@payments/domain';
import type { EntityManager } from 'typeorm';
import { leaseLost } from './errors.js';
import type { AttemptLease } from './lease-attempts.js';

// How a key was used comes from the row, which may be newer than the state on which the decision was made.
const POSTPONE = `
WITH postponed AS (
  UPDATE gateway_attempts attempt SET lease_token = NULL, state = step.state,
    due_at = to_timestamp(step.due_ms / 1000), retries = step.retries, inquiries = step.inquiries,
    key_round = step.key_round,
    resends = CASE WHEN attempt.key_round = step.key_round THEN resends ELSE 0 END,
    target_id = CASE WHEN attempt.key_round = step.key_round THEN target_id END,
    first_sent_at = CASE WHEN attempt.key_round = step.key_round THEN first_sent_at END,
    last_sent_at = CASE WHEN attempt.key_round = step.key_round THEN last_sent_at END,
    held_since = to_timestamp(step.held_ms / 1000), unknown_since = to_timestamp(step.unknown_ms / 1000),
    not_found_since = to_timestamp(step.not_found_ms / 1000),
    needs_review_since = to_timestamp(step.needs_review_ms / 1000),
    error_type = step.error_type, error_code = step.error_code, error_message = step.error_message,
    inquiry_error = step.inquiry_error
  FROM unnest($1::uuid[], $2::uuid[], $3::text[], $4::float8[], $5::int[], $6::int[], $7::smallint[],
    $8::float8[], $9::float8[], $10::float8[], $11::float8[], $12::text[], $13::text[], $14::text[],
    $15::jsonb[])
    AS step (attempt_id, lease_token, state, due_ms, retries, inquiries, key_round, held_ms, unknown_ms,
      not_found_ms, needs_review_ms, error_type, error_code, error_message, inquiry_error)
  WHERE attempt.attempt_id = step.attempt_id AND attempt.lease_token = step.lease_token
  RETURNING attempt.attempt_id
)
SELECT attempt_id FROM postponed`;

/** A lease to release until its attempt is due again. */
export interface Postponement {
  readonly lease: AttemptLease;
  readonly step: PostponeStep;
}

/** Releases leases until their attempts are due again. @throws LeaseLostError if another worker took one over */
export async function postponeAll(em: EntityManager, postponements: readonly Postponement[]): Promise<void> {
  if (postponements.length === 0) return;
  const attempts = postponements.map(({ step }) => step.attempt);
  const rows: { attempt_id: string }[] = await em.query(POSTPONE, [
    postponements.map(({ lease }) => lease.attemptId),
    postponements.map(({ lease }) => lease.token),
    attempts.map(({ state }) => state),
    postponements.map(({ step }) => step.dueAt),
    attempts.map(({ retries }) => retries),
    attempts.map(({ inquiries }) => inquiries),
    attempts.map(({ keyRound }) => keyRound),
    attempts.map(({ heldSince }) => heldSince),
    attempts.map(({ unknownSince }) => unknownSince),
    attempts.map(({ notFoundSince }) => notFoundSince),
    attempts.map(({ needsReviewSince }) => needsReviewSince),
    attempts.map(({ lastError }) => lastError?.type ?? null),
    attempts.map(({ lastError }) => lastError?.code ?? null),
    attempts.map(({ lastError }) => lastError?.message ?? null),
    attempts.map(({ inquiryError }) => inquiryError),
  ]);
  const postponed = new Set(rows.map(({ attempt_id }) => attempt_id));
  for (const { lease } of postponements) if (!postponed.has(lease.attemptId)) throw leaseLost(lease);
}

/** As `postponeAll`, for one. */
export async function postpone(em: EntityManager, lease: AttemptLease, step: PostponeStep): Promise<void> {
  await postponeAll(em, [{ lease, step }]);
}
