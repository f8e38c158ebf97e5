import type { IntentId } from '@payments/domain';
import type { DataSource } from 'typeorm';
import { readRows } from './read-rows.js';
import {
  CURRENT_LEG,
  INTENT_COLUMNS,
  INTENT_OF_KEY,
  type IntentRow,
  intentOfRow,
  type StoredIntent,
} from './stored-intent.js';

const ONE = {
  name: 'read_intent',
  text: `SELECT ${INTENT_COLUMNS} FROM payment_intent_keys key ${INTENT_OF_KEY} ${CURRENT_LEG}
    WHERE key.intent_id = $1`,
};

/** An intent by its public id; undefined if there is none, or its row is archived ({@link isArchivedIntent}). */
export async function readIntent(source: DataSource, intentId: IntentId): Promise<StoredIntent | undefined> {
  const [row] = await readRows<IntentRow>(source, ONE, [intentId]);
  return row && intentOfRow(row);
}

// One statement: between two of them the intent might be created.
const IS_ARCHIVED = {
  name: 'is_archived_intent',
  text: `SELECT FROM payment_intent_keys key
    LEFT ${INTENT_OF_KEY}
    WHERE key.intent_id = $1 AND intent.id IS NULL`,
};

/** Whether the intent existed and its partition is archived: its key is kept forever. */
export async function isArchivedIntent(source: DataSource, intentId: IntentId): Promise<boolean> {
  return (await readRows(source, IS_ARCHIVED, [intentId])).length > 0;
}

// OFFSET 0 makes the planner look up one row per key, whatever its statistics of the tables.
const lookUpEach = (condition: string): string => `CROSS JOIN LATERAL (
    SELECT ${INTENT_COLUMNS} FROM payment_intent_keys key ${INTENT_OF_KEY} ${CURRENT_LEG} WHERE ${condition} OFFSET 0
  ) found`;

const SEVERAL = {
  name: 'read_intents',
  text: `SELECT found.* FROM unnest($1::uuid[]) AS wanted (intent_id)
    ${lookUpEach('key.intent_id = wanted.intent_id')}`,
};

/** The intents that exist, in any order. Each id must be given once. */
export async function readIntents(
  source: DataSource,
  intentIds: readonly IntentId[],
): Promise<StoredIntent[]> {
  return (await readRows<IntentRow>(source, SEVERAL, [intentIds])).map(intentOfRow);
}

const NEWER = {
  name: 'read_intents_newer',
  text: `SELECT found.* FROM unnest($1::uuid[], $2::bigint[]) AS wanted (intent_id, version)
    ${lookUpEach('key.intent_id = wanted.intent_id AND intent.version > wanted.version')}`,
};

/** Of the given intents, each given once, those past the given version. */
export async function readIntentsNewerThan(
  source: DataSource,
  versions: ReadonlyMap<IntentId, number>,
): Promise<StoredIntent[]> {
  if (versions.size === 0) return [];
  const rows = await readRows<IntentRow>(source, NEWER, [[...versions.keys()], [...versions.values()]]);
  return rows.map(intentOfRow);
}

// Via the keys: they are in one table, and each intent is one lookup in the one partition that its id determines.
const OF_ORDER = {
  name: 'read_order_payments',
  text: `SELECT ${INTENT_COLUMNS} FROM (
      SELECT payment_intent_id FROM payment_intent_keys WHERE order_id = $1
      ORDER BY payment_intent_id DESC LIMIT $2
    ) key ${INTENT_OF_KEY} ${CURRENT_LEG}
    ORDER BY intent.id DESC`,
};

/** An order's intents, newest first, at most `countMax`. */
export async function readOrderPayments(
  source: DataSource,
  orderId: string,
  countMax: number,
): Promise<StoredIntent[]> {
  return (await readRows<IntentRow>(source, OF_ORDER, [orderId, countMax])).map(intentOfRow);
}

/** A position among a customer's intents: the last one before it. */
export interface IntentPlace {
  readonly createdAt: Date;
  readonly intentId: string;
}

// Two statements: one with "or the position is null" would be planned as if there were never one.
const OF_CUSTOMER_ORDER = 'ORDER BY intent.created_at DESC, intent.intent_id DESC';
const OF_CUSTOMER = {
  name: 'read_customer_payments',
  text: `SELECT ${INTENT_COLUMNS} FROM payment_intents intent ${CURRENT_LEG}
    WHERE intent.customer_id = $1
    ${OF_CUSTOMER_ORDER} LIMIT $2`,
};
const OF_CUSTOMER_AFTER = {
  name: 'read_customer_payments_after',
  text: `SELECT ${INTENT_COLUMNS} FROM payment_intents intent ${CURRENT_LEG}
    WHERE intent.customer_id = $1
    AND (intent.created_at, intent.intent_id) < ($3, $4) ${OF_CUSTOMER_ORDER} LIMIT $2`,
};

/** A customer's intents, newest first, at most `countMax`, after the position `after`. */
export async function readCustomerPayments(
  source: DataSource,
  customerId: string,
  { countMax, after }: { readonly countMax: number; readonly after?: IntentPlace | undefined },
): Promise<StoredIntent[]> {
  const rows = after
    ? await readRows<IntentRow>(source, OF_CUSTOMER_AFTER, [
        customerId,
        countMax,
        after.createdAt,
        after.intentId,
      ])
    : await readRows<IntentRow>(source, OF_CUSTOMER, [customerId, countMax]);
  return rows.map(intentOfRow);
}
