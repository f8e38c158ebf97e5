import { type IntentRowId, isEnded } from '@payments/domain';
import type { EntityManager } from 'typeorm';
import type { PaymentChange } from './payment-change.js';

// The UPDATE also waits for transactions that have the other intents locked, and then sees what they committed: of
// two payments that are paid at the same moment, one learns of the other. Of several late ones in one batch the
// oldest counts as the first, as in update-live-keys.ts.
const SQL = `
WITH pair AS (
  SELECT late.id AS late_id, key.payment_intent_id AS id
  FROM unnest($1::uuid[]) AS late (id)
  JOIN payment_intents intent
    ON intent.id = late.id AND intent.created_at = uuid_v7_time(late.id) AND NOT intent.allow_another
  JOIN payment_intent_keys key ON key.order_id = intent.order_id AND key.payment_intent_id <> late.id
), told AS (
  UPDATE payment_intents other SET order_paid_elsewhere = true
  FROM (SELECT DISTINCT id FROM pair) AS named
  WHERE other.id = named.id AND other.created_at = uuid_v7_time(named.id) AND NOT other.allow_another
  RETURNING other.id, other.amount_captured > other.amount_refunded AS is_paid
)
SELECT DISTINCT late_id AS id FROM pair JOIN told USING (id)
WHERE is_paid OR id = ANY($2::uuid[]) AND (id <> ALL($1) OR id < late_id)`;

/**
 * Marks the other intents of an order when one was paid after it had ended: only then can two intents of an order be
 * paid that do not allow another. The capture of a marked intent finds the mark in its row.
 *
 * One statement, and none for a batch without a late capture. Run it before the changes are saved.
 *
 * @param changes all payments of the batch
 * @returns the late-paid intents of orders that another payment had paid before or pays in this batch
 * @throws SQLSTATE 40P01 if a concurrent transaction marks the same intents: roll back and retry
 */
export async function markOrdersPaid(
  em: EntityManager,
  changes: readonly PaymentChange[],
): Promise<ReadonlySet<IntentRowId>> {
  const late = changes.filter(isPaidLate).map(idOf);
  if (late.length === 0) return new Set();
  const paid = changes.filter(isPaid).map(idOf);
  const rows: { id: IntentRowId }[] = await em.query(SQL, [late, paid]);
  return new Set(rows.map(({ id }) => id));
}

function isPaidLate({ before, folded }: PaymentChange): boolean {
  return isEnded(before.payment.intent.status) && folded.payment.intent.status === 'SUCCEEDED';
}

function isPaid({ folded }: PaymentChange): boolean {
  const { amountCaptured, amountRefunded } = folded.payment.intent;
  return amountCaptured > amountRefunded;
}

function idOf({ folded }: PaymentChange): IntentRowId {
  return folded.payment.intent.id;
}
