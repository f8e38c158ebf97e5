import {
  attemptIdOf,
  type CommandId,
  type GatewayOperation,
  type GatewayProvider,
  type IntentId,
  type IntentRowId,
} from '@payments/domain';
import type { EntityManager } from 'typeorm';
import { wakeHeld } from './wake-attempts.js';

/** A call requested by a command, as in its record of the gateway's topic. Times in milliseconds since the epoch. */
export interface NewAttempt {
  readonly commandId: CommandId;
  readonly paymentIntentId: IntentRowId;
  readonly intentId: IntentId;
  readonly leg: number;
  readonly operation: GatewayOperation;
  readonly provider: GatewayProvider;
  /** In minor units; null where the operation has none. */
  readonly amount: bigint | null;
  readonly askedAt: number;
  readonly notAfter: number | null;
}

// ON CONFLICT: after a restore, the same command creates a lost payment again under another internal id. Its attempts
// may exist already, from an older record that names the lost id: then they are assigned to the new payment.
// due_at: an attempt that waits for an earlier one of its leg becomes due when that ends. If both happen at the same
// moment, `wakeWaiting` makes it due; the second of delay covers a worker that dies before that.
// has_fallback: a confirmation at Razorpay cannot fail over.
const INSERT = `
INSERT INTO gateway_attempts AS attempt (attempt_id, command_id, payment_intent_id, intent_id, asked_at, not_after,
  due_at, amount, leg, is_of_creation, has_fallback, operation, gateway_provider)
SELECT row.attempt_id, row.command_id, row.payment_intent_id, row.intent_id, to_timestamp(row.asked_ms / 1000),
  to_timestamp(row.not_after_ms / 1000),
  now() + CASE WHEN row.is_follower OR EXISTS (SELECT 1 FROM gateway_attempts earlier
    WHERE earlier.payment_intent_id = row.payment_intent_id AND earlier.leg = row.leg
      AND earlier.state IN ('PENDING', 'SENT', 'UNKNOWN')) THEN interval '1 s' ELSE interval '0 s' END,
  row.amount, row.leg,
  EXISTS (SELECT 1 FROM gateway_requests creation
    WHERE creation.command_id = row.command_id AND creation.leg = 1 AND creation.operation = 'create'),
  (row.operation = 'create'
    OR row.operation IN ('confirm', 'authorize') AND row.gateway_provider <> 'razorpay')
  AND EXISTS (SELECT 1 FROM payment_intents intent
    CROSS JOIN LATERAL jsonb_array_elements(intent.fallbacks) AS fallback
    WHERE intent.id = row.payment_intent_id AND intent.created_at = uuid_v7_time(row.payment_intent_id)
      AND NOT EXISTS (SELECT 1 FROM intent_legs leg WHERE leg.payment_intent_id = row.payment_intent_id
        AND leg.gateway_provider = fallback ->> 'gatewayProvider')),
  row.operation, row.gateway_provider
FROM unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::uuid[], $5::float8[], $6::float8[], $7::bigint[],
  $8::smallint[], $9::text[], $10::text[], $11::boolean[]) WITH ORDINALITY
  AS row (attempt_id, command_id, payment_intent_id, intent_id, asked_ms, not_after_ms, amount, leg, operation,
    gateway_provider, is_follower, position)
ORDER BY row.position
ON CONFLICT (attempt_id) DO UPDATE SET payment_intent_id = excluded.payment_intent_id, due_at = excluded.due_at,
  asked_at = excluded.asked_at, not_after = excluded.not_after, amount = excluded.amount,
  is_of_creation = excluded.is_of_creation, has_fallback = excluded.has_fallback, lease_token = NULL
WHERE attempt.payment_intent_id <> excluded.payment_intent_id
  AND NOT EXISTS (SELECT 1 FROM payment_intent_keys key WHERE key.payment_intent_id = attempt.payment_intent_id)
RETURNING attempt_id`;

/**
 * Inserts attempts in the given order, idempotently.
 *
 * @returns the number of new ones
 */
export async function insertAttempts(em: EntityManager, asked: readonly NewAttempt[]): Promise<number> {
  if (asked.length === 0) return 0;
  const byId = new Map(asked.map((one) => [attemptIdOf(one.commandId, one.leg, one.operation), one]));
  const attempts = [...byId.values()];
  const legs = new Set<string>();
  const inserted: unknown[] = await em.query(INSERT, [
    [...byId.keys()],
    attempts.map(({ commandId }) => commandId),
    attempts.map(({ paymentIntentId }) => paymentIntentId),
    attempts.map(({ intentId }) => intentId),
    attempts.map(({ askedAt }) => askedAt),
    attempts.map(({ notAfter }) => notAfter),
    attempts.map(({ amount }) => amount),
    attempts.map(({ leg }) => leg),
    attempts.map(({ operation }) => operation),
    attempts.map(({ provider }) => provider),
    attempts.map(({ paymentIntentId, leg }) => {
      const place = `${paymentIntentId} ${leg}`;
      const isFollower = legs.has(place);
      legs.add(place);
      return isFollower;
    }),
  ]);
  // An attempt that waits for the payer of a canceled payment would block the cancellation.
  const canceled = attempts.filter(({ operation }) => operation === 'cancel');
  await wakeHeld(
    em,
    canceled.map(({ paymentIntentId }) => paymentIntentId),
  );
  return inserted.length;
}
