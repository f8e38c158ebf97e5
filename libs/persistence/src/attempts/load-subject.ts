import {
  type Attempt,
  type AttemptSubject,
  type GatewayRequest,
  type JsonValue,
  type LegRequest,
  type OrderElsewhere,
  type OtherAttempt,
  type Terms,
  uuidv7Time,
} from '@payments/domain';
import type { EntityManager } from 'typeorm';
import { loadPaymentsForUpdate } from '../payments/load-payments.js';
import { ATTEMPT_COLUMNS, type AttemptRow, attemptOf, millisOf } from './attempt-row.js';
import { leaseLost } from './errors.js';
import type { AttemptLease } from './lease-attempts.js';

const LOCK = `
SELECT ${ATTEMPT_COLUMNS}, ${millisOf('clock_timestamp()')} AS now_ms
FROM gateway_attempts attempt WHERE attempt_id = $1 AND lease_token = $2
FOR NO KEY UPDATE`;

// What the creations themselves allowed: the key of an intent that paid late says so of itself. Once a confirmation
// came through at Stripe the customer may pay by authenticating, until the cancellation has come through too.
const READ_CONTEXT = `
SELECT jsonb_build_object('paymentMethodToken', leg.payment_method_token, 'returnUrl', intent.return_url,
    'metadata', intent.metadata, 'confirmRequested', intent.confirm_requested, 'fallbacks', intent.fallbacks) AS terms,
  (SELECT details FROM gateway_requests WHERE command_id = $4 AND leg = $3 AND operation = $5) AS details,
  (SELECT coalesce(jsonb_agg(jsonb_build_object('commandId', command_id, 'leg', leg, 'operation', operation,
      'amount', amount::text, 'details', details, 'notAfter', ${millisOf('not_after')})
      ORDER BY requested_at, command_id, leg), '[]')
    FROM gateway_requests WHERE payment_intent_id = $1 AND answered_at IS NULL) AS requests,
  (SELECT coalesce(jsonb_agg(jsonb_build_object('attemptId', attempt_id, 'commandId', command_id, 'leg', leg,
      'operation', operation, 'state', state) ORDER BY sequence), '[]')
    FROM gateway_attempts WHERE payment_intent_id = $1 AND attempt_id <> $6
      AND state IN ('PENDING', 'SENT', 'UNKNOWN')) AS others,
  (SELECT jsonb_build_object('isPaid', coalesce(bool_or(other.amount_captured > other.amount_refunded), false),
      'isOpen', coalesce(bool_or(EXISTS (SELECT 1 FROM gateway_attempts
        WHERE payment_intent_id = other.id AND state IN ('SENT', 'UNKNOWN')
          AND operation IN ('confirm', 'authorize', 'capture'))
        OR EXISTS (SELECT 1 FROM gateway_requests cancellation
          JOIN gateway_attempts confirmation USING (payment_intent_id, leg)
          WHERE cancellation.payment_intent_id = other.id AND cancellation.operation = 'cancel'
            AND cancellation.answered_at IS NULL AND confirmation.operation = 'confirm'
            AND confirmation.state = 'SUCCEEDED' AND confirmation.gateway_provider = 'stripe')), false))
    FROM payment_intent_keys key JOIN payment_intents other
      ON other.id = key.payment_intent_id AND other.created_at = uuid_v7_time(key.payment_intent_id)
    WHERE key.order_id = intent.order_id AND key.payment_intent_id <> intent.id
      AND NOT intent.allow_another AND NOT other.allow_another) AS "order"
FROM payment_intents intent JOIN intent_legs leg ON leg.payment_intent_id = intent.id AND leg.leg = $3
WHERE intent.id = $1 AND intent.created_at = $2`;

interface ContextRow {
  readonly terms: Terms;
  /** Null if nobody asked for it by a command. */
  readonly details: Record<string, JsonValue> | null;
  readonly requests: readonly OpenRequest[];
  readonly others: readonly OtherAttempt[];
  readonly order: OrderElsewhere;
}

interface OpenRequest extends LegRequest, Pick<GatewayRequest, 'leg'> {
  readonly amount: string | null;
}

/**
 * Locks the payment of a leased attempt, then the attempt, until the transaction ends, and reads all that decisions
 * about it depend on.
 *
 * Run it before other locks are taken, and not before an answer with facts is settled in the same transaction: refs
 * are locked before payments.
 *
 * @throws LeaseLostError if the lease is another's by now
 */
export async function loadSubject(em: EntityManager, lease: AttemptLease): Promise<AttemptSubject> {
  const { attemptId, paymentIntentId, token } = lease;
  const loaded = (await loadPaymentsForUpdate(em, [paymentIntentId])).get(paymentIntentId);
  const [row]: (AttemptRow & { readonly now_ms: number })[] = await em.query(LOCK, [attemptId, token]);
  if (row === undefined) throw leaseLost(lease);
  const attempt = attemptOf(row);
  const context = await readContext(em, attempt);
  if (loaded === undefined || context === undefined) {
    throw new RangeError(`payment ${paymentIntentId} has no row or leg: its partition is archived`);
  }
  const { terms, details, requests, others, order } = context;
  return {
    ...{ attempt, terms, others, order, details: details ?? {}, now: row.now_ms },
    payment: { ...loaded.payment, requests: requests.map(requestOf) },
    requests: requests.filter(({ leg }) => leg === attempt.leg),
  };
}

async function readContext(em: EntityManager, attempt: Attempt): Promise<ContextRow | undefined> {
  const { attemptId, paymentIntentId, commandId, leg, operation } = attempt;
  const [row]: ContextRow[] = await em.query(READ_CONTEXT, [
    ...[paymentIntentId, uuidv7Time(paymentIntentId), leg, commandId, operation, attemptId],
  ]);
  return row;
}

function requestOf({ commandId, leg, operation, amount }: OpenRequest): GatewayRequest {
  return { commandId, leg, operation, amount: amount === null ? null : BigInt(amount) };
}
