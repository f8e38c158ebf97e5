import { isLiveOrPaid } from '@payments/domain';
import type { EntityManager } from 'typeorm';
import { uuids } from '../statements/binary-arrays.js';
import type { PaymentChange } from './payment-change.js';
import { unlessTaken } from './version-conflict-error.js';

// A capture can arrive for a payment that had ended after its order got another one. Both are live then, because the
// money was really taken, so the late one sets allow_another: it is exempt from the index of one live payment per
// order. Of several late ones in one statement, which do not see one another, the oldest is not exempt.
const SQL = `
WITH new AS (SELECT * FROM unnest($1::uuid[]) AS ids (payment_intent_id))
UPDATE payment_intent_keys key SET live = $2, allow_another = key.allow_another OR ($2 AND EXISTS (
  SELECT 1 FROM payment_intent_keys other
  WHERE other.order_id = key.order_id AND other.payment_intent_id <> key.payment_intent_id
    AND (other.live OR other.payment_intent_id < key.payment_intent_id
      AND other.payment_intent_id IN (SELECT payment_intent_id FROM new))
))
FROM new WHERE key.payment_intent_id = new.payment_intent_id`;

/**
 * Keeps `live` in line with the status.
 *
 * @throws VersionConflictError if another payment of the order became live concurrently
 */
export async function updateLiveKeys(em: EntityManager, changes: readonly PaymentChange[]): Promise<void> {
  const flipped = changes.filter(
    ({ before, folded }) =>
      isLiveOrPaid(before.payment.intent.status) !== isLiveOrPaid(folded.payment.intent.status),
  );
  // Ended ones go first: within a statement the unique index is checked row by row.
  for (const live of [false, true]) {
    const ids = flipped
      .map(({ folded }) => folded.payment.intent)
      .filter(({ status }) => isLiveOrPaid(status) === live)
      .map(({ id }) => id);
    if (ids.length > 0) await update(em, ids, live);
  }
}

async function update(em: EntityManager, ids: readonly string[], live: boolean): Promise<void> {
  const taken = 'two payments of one order became live at once';
  await unlessTaken('payment_intent_keys_one_live_per_order', taken, () => em.query(SQL, [uuids(ids), live]));
}
