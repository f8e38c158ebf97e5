import { randomUUID } from 'node:crypto';
import { expect, test } from '@jest/globals';
import { uuidv7 } from '@payments/domain';
import { until } from '@payments/local/testing';
import type { Database } from './database.js';
import { paymentIntentSchema } from './entities/payment-intent.js';
import { countStrayRows, dropWebhookBodyPartitions, ensurePartitions, makePartitions } from './partitions.js';
import { insertWebhooks } from './statements/insert-webhooks.js';
import { useDatabase } from './testing/use-database.js';

let database: Database;
useDatabase((opened) => {
  database = opened;
});

async function intentAt(time: string): Promise<string> {
  const createdAt = new Date(time);
  const id = uuidv7(createdAt.getTime());
  await database.primary.getRepository(paymentIntentSchema).insert({
    id,
    createdAt,
    updatedAt: createdAt,
    intentId: randomUUID(),
    orderId: 'o',
    customerId: 'c',
    amount: 1n,
    currency: 'USD',
    currencyExponent: 2,
    gatewayProvider: 'stripe',
    status: 'CREATED',
  });
  return id;
}

const bodyAt = (time: string) =>
  database.transaction((em) =>
    insertWebhooks(em, [
      {
        webhookId: `stripe:${time}`,
        provider: 'stripe',
        eventType: 'charge.updated',
        source: 'gateway',
        status: 'IGNORED',
        receivedAt: new Date(time),
        eventTime: null,
        objectIds: [],
        sealedBody: Buffer.from(time),
        kafka: { topic: 't', partition: 0, offset: 0n },
      },
    ]),
  );

async function partitionOf(table: string, column: string, value: string): Promise<string> {
  const rows = await database.primary.query(
    `SELECT tableoid::regclass::text AS partition FROM ${table} WHERE ${column} = $1`,
    [value],
  );
  return rows[0]?.partition;
}

const strays = () => countStrayRows(database.primary.manager);
const NO_STRAYS = ['payment_intents', 'payment_transactions', 'payment_webhook_bodies'].map((table) => ({
  table,
  rows: 0,
}));

test('a month is closed at its first and its last millisecond', async () => {
  await ensurePartitions(database, new Date('2031-12-15T00:00:00Z'));
  const first = await intentAt('2031-12-01T00:00:00.000Z');
  const last = await intentAt('2031-12-31T23:59:59.999Z');
  const next = await intentAt('2032-01-01T00:00:00.000Z');
  expect(await partitionOf('payment_intents', 'id', first)).toBe('payment_intents_2031_12');
  expect(await partitionOf('payment_intents', 'id', last)).toBe('payment_intents_2031_12');
  expect(await partitionOf('payment_intents', 'id', next)).toBe('payment_intents_2032_01');
});

test('a row without a partition waits in the default one, is counted, and moves once there is one', async () => {
  const early = await intentAt('2035-03-01T00:00:00.000Z');
  const late = await intentAt('2035-06-01T00:00:00.000Z');
  await bodyAt('2035-03-01T10:00:00.000Z');
  expect(await partitionOf('payment_intents', 'id', early)).toBe('payment_intents_default');
  expect(await strays()).toEqual([
    { table: 'payment_intents', rows: 2 },
    { table: 'payment_transactions', rows: 0 },
    { table: 'payment_webhook_bodies', rows: 1 },
  ]);

  await ensurePartitions(database, new Date('2035-02-28T23:59:59Z'), { monthsAhead: 1, daysAhead: 1 });
  expect(await partitionOf('payment_intents', 'id', early)).toBe('payment_intents_2035_03');
  expect(await partitionOf('payment_intents', 'id', late)).toBe('payment_intents_default');
  expect(await partitionOf('payment_webhook_bodies', 'webhook_id', 'stripe:2035-03-01T10:00:00.000Z')).toBe(
    'payment_webhook_bodies_2035_03_01',
  );

  await ensurePartitions(database, new Date('2035-06-10T00:00:00Z'));
  expect(await strays()).toEqual(NO_STRAYS);
});

test('making partitions again, or many times at once, makes each once', async () => {
  const now = new Date('2040-01-31T12:00:00Z');
  const made = await Promise.all(
    Array.from({ length: 4 }, () => makePartitions(database.primary, now, { monthsAhead: 1, daysAhead: 1 })),
  );
  expect(made.flat().sort()).toEqual([
    'payment_intents_2039_12',
    'payment_intents_2040_01',
    'payment_intents_2040_02',
    'payment_transactions_2039_12',
    'payment_transactions_2040_01',
    'payment_transactions_2040_02',
    'payment_webhook_bodies_2040_01_30',
    'payment_webhook_bodies_2040_01_31',
    'payment_webhook_bodies_2040_02_01',
  ]);
  expect(await makePartitions(database.primary, now, { monthsAhead: 1, daysAhead: 1 })).toEqual([]);
});

test('a row that is being written into the default partition is waited for, and moves too', async () => {
  const now = new Date('2041-05-05T00:00:00Z');
  // Of the day before: its partition is created first, so that nothing else blocks before it.
  const day = new Date('2041-05-04T10:00:00Z');
  let making: Promise<void> | undefined;
  await database.transaction(async (em) => {
    await em.query(`INSERT INTO payment_webhook_bodies VALUES ($1, 'stripe:open', '')`, [day]);
    making = ensurePartitions(database, now, { monthsAhead: 0, daysAhead: 0 });
    await until(
      async () => {
        const [waiting] = await database.primary.query(
          `SELECT 1 FROM pg_locks WHERE NOT granted AND relation = 'payment_webhook_bodies_default'::regclass`,
        );
        return waiting;
      },
      { everyMs: 5, what: 'the maker to wait' },
    );
  });
  await making;
  expect(await partitionOf('payment_webhook_bodies', 'webhook_id', 'stripe:open')).toBe(
    'payment_webhook_bodies_2041_05_04',
  );
});

test('a partition has the indexes and checks of its table, and its settings', async () => {
  await ensurePartitions(database, new Date('2042-01-15T00:00:00Z'));
  const [row] = await database.primary.query(`
    SELECT (SELECT count(*)::int FROM pg_index WHERE indrelid = 'payment_intents'::regclass) AS parent,
      (SELECT count(*)::int FROM pg_index JOIN pg_inherits ON inhrelid = indexrelid
        WHERE indrelid = 'payment_intents_2042_01'::regclass) AS attached,
      (SELECT count(*)::int FROM pg_index WHERE indrelid = 'payment_intents_2042_01'::regclass) AS own,
      (SELECT reloptions FROM pg_class WHERE oid = 'payment_intents_2042_01'::regclass) AS settings,
      (SELECT reloptions FROM pg_class WHERE oid = 'payment_webhook_bodies_2042_01_15'::regclass) AS bodies,
      (SELECT attstorage FROM pg_attribute WHERE attname = 'sealed_body'
        AND attrelid = 'payment_webhook_bodies_2042_01_15'::regclass) AS storage`);
  expect(row).toEqual({
    parent: 12,
    attached: 12,
    own: 12,
    settings: ['fillfactor=85'],
    bodies: ['toast_tuple_target=8160'],
    storage: 'e',
  });
});

test('old bodies go with their day, stray ones too; the narrow rows stay', async () => {
  await ensurePartitions(database, new Date('2025-05-10T12:00:00Z'), { monthsAhead: 0, daysAhead: 1 });
  const times = ['2025-05-01', '2025-05-09', '2025-05-10', '2025-05-11'].map((day) => `${day}T06:00:00.000Z`);
  for (const time of times) await bodyAt(time);
  expect(await dropWebhookBodyPartitions(database, new Date('2025-05-10T23:59:59Z'))).toEqual([
    'payment_webhook_bodies_2025_05_09',
  ]);
  const left = await database.primary.query(
    `SELECT webhook_id FROM payment_webhook_bodies WHERE received_at < '2026-01-01Z' ORDER BY 1`,
  );
  expect(left).toEqual(times.slice(2).map((time) => ({ webhook_id: `stripe:${time}` })));
  const [rows] = await database.primary.query(
    `SELECT count(*)::int AS n FROM payment_webhooks WHERE received_at < '2026-01-01Z'`,
  );
  expect(rows).toEqual({ n: 4 });
});

test('a query by id and created_at looks into one partition, in both tables', async () => {
  const id = uuidv7();
  for (const table of ['payment_intents', 'payment_transactions']) {
    const where = `FROM ${table} WHERE id = '${id}'`;
    const pruned = await database.primary.query(
      `EXPLAIN SELECT 1 ${where} AND created_at = uuid_v7_time('${id}')`,
    );
    const scans = (plan: object[]) => JSON.stringify(plan).match(/Scan [^"]* on \w+/g) ?? [];
    expect(scans(pruned)).toHaveLength(1);
    const all = await database.primary.query(`EXPLAIN SELECT 1 ${where}`);
    expect(scans(all).length).toBeGreaterThan(3);
  }
});
