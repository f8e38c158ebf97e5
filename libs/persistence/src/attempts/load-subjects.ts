import {
  type AttemptSubject,
  type GatewayRequest,
  type JsonValue,
  type LegRequest,
  type OrderElsewhere,
  type OtherAttempt,
  type Payment,
  STILL_PROCESSING,
  type Terms,
} from '@payments/domain';
import type { EntityManager } from 'typeorm';
import { loadPaymentsForUpdate } from '../payments/load-payments.js';
import { pipelined } from '../statements/pipelined.js';
import { ATTEMPT_COLUMNS, type AttemptRow, attemptOf, millisOf } from './attempt-row.js';
import { IntentArchivedError, leaseLost } from './errors.js';
import type { AttemptLease } from './lease-attempts.js';

// "order" takes allow_another from the intents, as created: a late capture sets that of its key (update-live-keys.ts).
// isOpen includes intents with a confirmation that succeeded at Stripe and a cancellation without an answer: until that
// succeeds, the customer may still pay by authenticating. It also includes those that their gateway does not cancel
// since it takes the money (`awaitsGateway`), whatever became of their confirmation here, and those with a capture that
// is pending at PayPal: it may complete, and nothing cancels it.
const LOCK_AND_READ = `
SELECT ${ATTEMPT_COLUMNS}, ${millisOf('clock_timestamp()')} AS now_ms,
  CASE WHEN leg.leg IS NOT NULL THEN
    jsonb_build_object('paymentMethodToken', leg.payment_method_token, 'returnUrl', intent.return_url,
      'metadata', intent.metadata, 'confirmRequested', intent.confirm_requested, 'fallbacks', intent.fallbacks)
  END AS terms,
  (SELECT details FROM gateway_requests WHERE command_id = attempt.command_id AND leg = attempt.leg
    AND operation = attempt.operation) AS details,
  (SELECT coalesce(jsonb_agg(jsonb_build_object('commandId', command_id, 'leg', leg, 'operation', operation,
      'amount', amount::text, 'details', details, 'notAfter', ${millisOf('not_after')})
      ORDER BY requested_at, command_id, leg), '[]')
    FROM gateway_requests WHERE payment_intent_id = attempt.payment_intent_id AND answered_at IS NULL) AS requests,
  (SELECT coalesce(jsonb_agg(jsonb_build_object('attemptId', attempt_id, 'commandId', command_id, 'leg', leg,
      'operation', operation, 'state', state) ORDER BY sequence), '[]')
    FROM gateway_attempts WHERE payment_intent_id = attempt.payment_intent_id AND attempt_id <> attempt.attempt_id
      AND state IN ('PENDING', 'SENT', 'UNKNOWN')) AS others,
  (SELECT jsonb_build_object('isPaid', coalesce(bool_or(other.amount_captured > other.amount_refunded), false),
      'isOpen', coalesce(bool_or(EXISTS (SELECT 1 FROM gateway_attempts
        WHERE payment_intent_id = other.id AND state IN ('SENT', 'UNKNOWN')
          AND operation IN ('confirm', 'authorize', 'capture'))
        OR EXISTS (SELECT 1 FROM gateway_requests cancellation
          JOIN gateway_attempts confirmation USING (payment_intent_id, leg)
          WHERE cancellation.payment_intent_id = other.id AND cancellation.operation = 'cancel'
            AND cancellation.answered_at IS NULL AND confirmation.operation = 'confirm'
            AND confirmation.state = 'SUCCEEDED' AND confirmation.gateway_provider = 'stripe')
        OR EXISTS (SELECT 1 FROM gateway_attempts
          WHERE payment_intent_id = other.id AND state IN ('PENDING', 'SENT', 'UNKNOWN') AND operation = 'cancel'
            AND error_code = '${STILL_PROCESSING}')
        OR EXISTS (SELECT 1 FROM payment_transactions capture
          WHERE capture.payment_intent_id = other.id AND capture.type = 'PAYMENT' AND capture.status = 'PENDING'
            AND capture.gateway_provider = 'paypal')), false))
    FROM payment_intent_keys key JOIN payment_intents other
      ON other.id = key.payment_intent_id AND other.created_at = uuid_v7_time(key.payment_intent_id)
    WHERE key.order_id = intent.order_id AND key.payment_intent_id <> intent.id
      AND NOT intent.allow_another AND NOT other.allow_another) AS "order"
FROM unnest($1::uuid[], $2::uuid[]) AS held (attempt_id, lease_token)
JOIN gateway_attempts attempt USING (attempt_id, lease_token)
LEFT JOIN intent_legs leg ON leg.payment_intent_id = attempt.payment_intent_id AND leg.leg = attempt.leg
LEFT JOIN payment_intents intent ON intent.id = attempt.payment_intent_id
  AND intent.created_at = uuid_v7_time(attempt.payment_intent_id)
ORDER BY attempt.attempt_id
FOR NO KEY UPDATE OF attempt`;

interface SubjectRow extends AttemptRow {
  readonly now_ms: number;
  /** Null if the leg is missing. */
  readonly terms: Terms | null;
  /** Null if no command requested it. */
  readonly details: Record<string, JsonValue> | null;
  readonly requests: readonly OpenRequest[];
  readonly others: readonly OtherAttempt[];
  readonly order: OrderElsewhere;
}

interface OpenRequest extends LegRequest, Pick<GatewayRequest, 'leg'> {
  readonly amount: string | null;
}

/**
 * Locks the payments of leased attempts, then the attempts, until the transaction ends, and reads everything that
 * decisions about them depend on.
 *
 * Run it before other locks are taken, and not before an answer with facts is settled in the same transaction: refs
 * are locked before payments.
 *
 * @param leases of different payments
 * @returns one for each lease, in order
 * @throws LeaseLostError if another worker took over one of the leases
 * @throws IntentArchivedError if the row of one of the intents is archived: roll back, then `putOffArchived`
 */
export async function loadSubjects(
  em: EntityManager,
  leases: readonly AttemptLease[],
): Promise<AttemptSubject[]> {
  const [payments, rows] = await pipelined([
    loadPaymentsForUpdate(
      em,
      leases.map(({ paymentIntentId }) => paymentIntentId),
    ),
    em.query<SubjectRow[]>(LOCK_AND_READ, [
      leases.map(({ attemptId }) => attemptId),
      leases.map(({ token }) => token),
    ]),
  ]);
  const read = new Map(rows.map((row) => [row.attempt_id, row]));
  return leases.map((lease) => {
    const row = read.get(lease.attemptId);
    if (row === undefined) throw leaseLost(lease);
    return subjectOf(row, payments.get(lease.paymentIntentId)?.payment);
  });
}

/** As `loadSubjects`, for one. */
export async function loadSubject(em: EntityManager, lease: AttemptLease): Promise<AttemptSubject> {
  const [subject] = await loadSubjects(em, [lease]);
  if (subject === undefined) throw leaseLost(lease);
  return subject;
}

function subjectOf(row: SubjectRow, payment: Payment | undefined): AttemptSubject {
  const { terms, details, requests, others, order, now_ms } = row;
  if (payment === undefined || terms === null) {
    throw new IntentArchivedError(`payment ${row.payment_intent_id} lacks a row: its partition is archived`);
  }
  const attempt = attemptOf(row);
  return {
    attempt,
    terms,
    others,
    order,
    details: details ?? {},
    now: now_ms,
    payment: { ...payment, requests: requests.map(requestOf) },
    requests: requests.filter(({ leg }) => leg === attempt.leg),
  };
}

function requestOf({ commandId, leg, operation, amount }: OpenRequest): GatewayRequest {
  return { commandId, leg, operation, amount: amount === null ? null : BigInt(amount) };
}
