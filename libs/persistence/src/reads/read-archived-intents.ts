import { asIntentId, type IntentId } from '@payments/domain';
import type { DataSource } from 'typeorm';
import { readRows } from './read-rows.js';
import { INTENT_OF_KEY } from './stored-intent.js';

const OF_ORDER = {
  name: 'read_archived_intents_of_order',
  text: `SELECT key.intent_id FROM payment_intent_keys key
    LEFT ${INTENT_OF_KEY}
    WHERE key.order_id = $1 AND intent.id IS NULL
    ORDER BY key.payment_intent_id DESC LIMIT $2`,
};

/** Ids of an order's intents whose partition is archived, newest first, at most `countMax`. */
export async function readArchivedIntentsOfOrder(
  source: DataSource,
  orderId: string,
  countMax: number,
): Promise<IntentId[]> {
  const rows = await readRows<{ readonly intent_id: string }>(source, OF_ORDER, [orderId, countMax]);
  return rows.map((row) => asIntentId(row.intent_id));
}
