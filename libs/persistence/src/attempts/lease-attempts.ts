import {
  type Attempt,
  type AttemptId,
  type AttemptPolicy,
  type GatewayProvider,
  type IntentRowId,
  STILL_PROCESSING,
} from '@payments/domain';
import type { EntityManager } from 'typeorm';
import { ATTEMPT_COLUMNS, type AttemptRow, attemptOf } from './attempt-row.js';
import { DUE_ATTEMPTS, DUE_WITHOUT_CALLS } from './due-attempts.js';

/** The exclusive right to work on an attempt, until it ends or the lease expires and another worker takes it. */
export interface AttemptLease {
  readonly attemptId: AttemptId;
  readonly paymentIntentId: IntentRowId;
  readonly token: string;
}

export interface LeasedAttempt {
  readonly lease: AttemptLease;
  readonly attempt: Attempt;
}

export interface LeaseOptions {
  readonly provider: GatewayProvider;
  readonly limit: number;
  /** Milliseconds from now, by the database's clock. Longer than a call's time-out. */
  readonly leaseMs: number;
  /**
   * Set while the gateway is not called: then only attempts that need no call are leased, such as those unknown for
   * this long.
   */
  readonly leftAlone?: Pick<AttemptPolicy, 'reviewAfterMs'> | null;
}

export interface LeasedAttempts {
  readonly leased: readonly LeasedAttempt[];
  /** More attempts may be due. */
  readonly more: boolean;
}

// The error that it still has is that of an earlier call, which may have been refused: this one may be executed. A
// cancellation remembers what it waits for (`awaitsGateway`).
const IS_UNANSWERED = `(state = 'SENT' AND unknown_since IS NULL AND error_code <> '${STILL_PROCESSING}')`;

// is_behind: a due attempt that has to wait for an earlier one of its leg is postponed, for longer the longer it has
// waited, so that waiting attempts do not fill the batches; the end of the earlier one makes it due again. An attempt
// past its `notAfter` (is_over) does not wait, so that its requester learns of it in time. Those of a creation keep
// their order: their end is the payment's, which has to know what was opened.
const lease = (due: string): string => `
WITH due AS MATERIALIZED (${due}), sorted AS MATERIALIZED (
  SELECT attempt_id, NOT is_over AND EXISTS (SELECT 1 FROM gateway_attempts earlier
    WHERE earlier.payment_intent_id = due.payment_intent_id AND earlier.leg = due.leg
      AND earlier.sequence < due.sequence AND earlier.state IN ('PENDING', 'SENT', 'UNKNOWN')) AS is_behind
  FROM due
), taken AS (
  UPDATE gateway_attempts attempt SET
    due_at = now() + CASE
      WHEN is_behind THEN least(greatest((now() - asked_at) / 4, interval '1 s'), interval '1 min',
        CASE WHEN not_after > now() THEN not_after - now() END)
      ELSE $3::float8 * interval '1 ms' END,
    lease_token = CASE WHEN is_behind THEN NULL ELSE gen_random_uuid() END,
    state = CASE WHEN state = 'SENT' THEN 'UNKNOWN' ELSE state END,
    unknown_since = CASE WHEN state = 'SENT' THEN coalesce(unknown_since, now()) ELSE unknown_since END,
    error_type = CASE WHEN ${IS_UNANSWERED} THEN NULL ELSE error_type END,
    error_code = CASE WHEN ${IS_UNANSWERED} THEN NULL ELSE error_code END,
    error_message = CASE WHEN ${IS_UNANSWERED} THEN NULL ELSE error_message END
  FROM sorted WHERE attempt.attempt_id = sorted.attempt_id
  RETURNING ${ATTEMPT_COLUMNS}, attempt.lease_token
)
SELECT * FROM taken`;

const LEASE_DUE = lease(DUE_ATTEMPTS);
const LEASE_WITHOUT_CALLS = lease(DUE_WITHOUT_CALLS);

/**
 * Leases due attempts, each to one worker, longest due first. Those of one leg of an intent are leased in the order
 * in which they were requested, except for those that must not be started any more. A SENT one whose lease expired
 * becomes UNKNOWN: its worker may have died before or after the call.
 */
export async function leaseAttempts(
  em: Pick<EntityManager, 'query'>,
  { provider, limit, leaseMs, leftAlone = null }: LeaseOptions,
): Promise<LeasedAttempts> {
  const taken = [provider, limit, leaseMs];
  const rows: (AttemptRow & { readonly lease_token: string | null })[] =
    leftAlone === null
      ? await em.query(LEASE_DUE, taken)
      : await em.query(LEASE_WITHOUT_CALLS, [...taken, leftAlone.reviewAfterMs]);
  const leased = rows.flatMap((row): LeasedAttempt[] => {
    if (row.lease_token === null) return [];
    const attempt = attemptOf(row);
    const { attemptId, paymentIntentId } = attempt;
    return [{ lease: { attemptId, paymentIntentId, token: row.lease_token }, attempt }];
  });
  return { leased, more: rows.length === limit };
}
