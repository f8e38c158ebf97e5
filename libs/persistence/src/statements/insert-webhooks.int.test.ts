import { randomBytes, randomUUID } from 'node:crypto';
import { beforeEach, expect, test } from '@jest/globals';
import type { Database } from '../database.js';
import { databaseErrorOf } from '../database-error.js';
import { knownWebhooks } from '../payments/known-webhooks.js';
import { VersionConflictError } from '../payments/version-conflict-error.js';
import { useDatabase } from '../testing/use-database.js';
import { saveConsumerOffsets } from './consumer-offsets.js';
import { insertWebhooks, type WebhookRow } from './insert-webhooks.js';

let database: Database;
useDatabase((opened) => {
  database = opened;
});
beforeEach(() => database.primary.query('TRUNCATE payment_webhooks, payment_webhook_bodies'));

function webhook(over: Partial<WebhookRow> = {}): WebhookRow {
  return {
    webhookId: `stripe:evt_${randomUUID()}`,
    provider: 'stripe',
    eventType: 'payment_intent.succeeded',
    source: 'gateway',
    status: 'UNMATCHED',
    receivedAt: new Date(),
    eventTime: new Date(1_700_000_000_123),
    objectIds: ['pi_1', 'ch_1'],
    sealedBody: randomBytes(100),
    kafka: { topic: 'payment.webhook.received', partition: 3, offset: 42n },
    ...over,
  };
}

const insert = (rows: readonly WebhookRow[]) => database.transaction((em) => insertWebhooks(em, rows));

async function stored(): Promise<Record<string, unknown>[]> {
  return database.primary.query(
    `SELECT * FROM payment_webhooks JOIN payment_webhook_bodies USING (webhook_id, received_at)
     ORDER BY webhook_id COLLATE "C"`,
  );
}

test('a webhook is stored whole: every column, and its body byte for byte', async () => {
  const row = webhook({ sealedBody: Buffer.from([0, 255, 1, 92, 34, 0]) });
  await insert([row]);
  expect(await stored()).toEqual([
    {
      id: expect.any(String),
      webhook_id: row.webhookId,
      gateway_provider: 'stripe',
      event_type: 'payment_intent.succeeded',
      source: 'gateway',
      status: 'UNMATCHED',
      processed: false,
      received_at: row.receivedAt,
      event_time: row.eventTime,
      processed_at: null,
      object_ids: ['pi_1', 'ch_1'],
      payment_intent_id: null,
      error: null,
      retry_at: null,
      kafka_topic: 'payment.webhook.received',
      kafka_partition: 3,
      kafka_offset: '42',
      sealed_body: row.sealedBody,
    },
  ]);
});

test('each of 500 webhooks keeps its own body, the empty and the large one among them', async () => {
  const rows = Array.from({ length: 500 }, (_, i) => {
    const bytes = i === 7 ? 0 : i === 250 ? 900_000 : 1 + (i % 5000);
    return webhook({ sealedBody: randomBytes(bytes) });
  });
  await insert(rows);
  const bodies = new Map((await stored()).map((row) => [row.webhook_id, row.sealed_body as Buffer]));
  const wrong = rows.filter((row) => !bodies.get(row.webhookId)?.equals(row.sealedBody));
  expect(wrong).toEqual([]);
});

test('a webhook that another transaction stored first is a conflict, and stays as it is', async () => {
  const row = webhook();
  await insert([row]);
  const again = insert([{ ...row, receivedAt: new Date(0) }, webhook()]);
  await expect(again).rejects.toThrow(VersionConflictError);
  expect(await stored()).toMatchObject([{ received_at: row.receivedAt, sealed_body: row.sealedBody }]);
});

test('stored webhooks are known as done or failed; a failed one can be replaced with its body', async () => {
  const [done, failed, fresh] = [webhook(), webhook({ status: 'FAILED', error: 'why' }), webhook()];
  await insert([done, failed]);
  const ids = [done, failed, fresh].map(({ webhookId }) => webhookId);
  const known = await database.transaction((em) => knownWebhooks(em, ids));
  expect(known).toEqual({ done: new Set([done.webhookId]), failed: new Set([failed.webhookId]) });

  const again = { ...failed, status: 'PROCESSED' as const, error: null, sealedBody: randomBytes(10) };
  await database.transaction((em) => insertWebhooks(em, [again, fresh], { replacing: known.failed }));
  expect(await stored()).toHaveLength(3);
  expect(await stored()).toContainEqual(
    expect.objectContaining({ webhook_id: failed.webhookId, error: null, sealed_body: again.sealedBody }),
  );
  const [count] = await database.primary.query('SELECT count(*)::int AS n FROM payment_webhook_bodies');
  expect(count).toEqual({ n: 3 });
});

test('replacing a failed one that another transaction has done meanwhile is a conflict', async () => {
  const failed = webhook({ status: 'FAILED', error: 'why' });
  const replacing = new Set([failed.webhookId]);
  await insert([failed]);
  const done = { ...failed, status: 'PROCESSED' as const, error: null };
  const replace = () => database.transaction((em) => insertWebhooks(em, [done], { replacing }));
  await replace();
  await expect(replace()).rejects.toThrow(VersionConflictError);
  expect(await stored()).toMatchObject([{ webhook_id: failed.webhookId, status: 'PROCESSED' }]);
});

test('a body that an earlier delivery left behind does not keep its webhook from being stored', async () => {
  const row = webhook();
  await insert([row]);
  await database.primary.query('DELETE FROM payment_webhooks');
  await insert([row]);
  expect(await stored()).toMatchObject([{ webhook_id: row.webhookId, sealed_body: row.sealedBody }]);
});

test('one left body among 500 is replaced, and what the transaction writes lastly is kept', async () => {
  const rows = Array.from({ length: 500 }, () => webhook());
  const [left] = rows as [WebhookRow];
  await insert([left]);
  await database.primary.query('DELETE FROM payment_webhooks');
  const again = rows.map((row) => (row === left ? { ...row, sealedBody: randomBytes(50) } : row));
  const offset = { consumerGroup: 'g', topic: 't', partition: 0, nextOffset: 7n };
  await database.transaction(
    (em) => insertWebhooks(em, again),
    (em) => saveConsumerOffsets(em, [offset]),
  );
  const bodies = new Map((await stored()).map((row) => [row.webhook_id, row.sealed_body]));
  expect(bodies).toEqual(new Map(again.map((row) => [row.webhookId, row.sealedBody])));
  const saved = await database.primary.query(
    `SELECT next_offset FROM consumer_offsets WHERE consumer_group = 'g'`,
  );
  expect(saved).toEqual([{ next_offset: '7' }]);
});

test('a left body does not hide that another webhook is taken', async () => {
  const [left, taken] = [webhook(), webhook()];
  await insert([left, taken]);
  await database.primary.query('DELETE FROM payment_webhooks WHERE webhook_id = $1', [left.webhookId]);
  await expect(insert([left, taken])).rejects.toThrow(VersionConflictError);
  expect(await stored()).toMatchObject([{ webhook_id: taken.webhookId }]);
});

test('a batch that rolls back leaves neither rows nor bodies', async () => {
  const failing = database.transaction(async (em) => {
    await insertWebhooks(em, [webhook()]);
    throw new Error('later step');
  });
  await expect(failing).rejects.toThrow('later step');
  expect(await stored()).toEqual([]);
});

test('an empty batch does nothing', async () => {
  await insert([]);
  expect(await stored()).toEqual([]);
});

test.each(['PROCESSED', 'IGNORED', 'STALE'] as const)('%s is processed, at a time', async (status) => {
  await insert([webhook({ status })]);
  expect(await stored()).toMatchObject([{ status, processed: true, processed_at: expect.any(Date) }]);
});

test.each(['RECEIVED', 'VERIFYING', 'UNMATCHED', 'FAILED'] as const)(
  '%s is not processed',
  async (status) => {
    await insert([webhook({ status, error: 'why' })]);
    expect(await stored()).toMatchObject([{ status, processed: false, processed_at: null, error: 'why' }]);
  },
);

test('object ids with any characters are stored unchanged', async () => {
  const objectIds = ['', 'NULL', '"', '\\', '{a,b}', "'", 'a b', 'ü😀', 'line\nfeed', '\u001f'];
  await insert([webhook({ objectIds }), webhook({ objectIds: [] })]);
  const found = (await stored()).map((row) => row.object_ids);
  expect(found).toContainEqual(objectIds);
  expect(found).toContainEqual([]);
});

test.each([
  ['22021', 'a zero byte in the event type', { eventType: 'a\0b' }],
  ['22021', 'a zero byte in an object id', { objectIds: ['a\0b'] }],
  ['22P03', 'no time at all', { receivedAt: new Date(Number.NaN) }],
  ['22P03', 'an offset past 64 bits', { kafka: { topic: 't', partition: 0, offset: 2n ** 64n } }],
  ['23514', 'a status that does not exist', { status: 'DONE' as 'FAILED' }],
  ['23514', 'an unknown provider', { provider: 'adyen' as 'stripe' }],
  ['23514', 'an id too long for an index', { webhookId: 'x'.repeat(3000) }],
  ['23514', 'an event type too long for an index', { eventType: randomBytes(3000).toString('hex') }],
  ['23514', 'an object id too long for an index', { objectIds: [randomBytes(3000).toString('hex')] }],
  ['23514', 'a hundred object ids', { objectIds: Array.from({ length: 100 }, (_, i) => `ch_${i}`) }],
  ['23514', 'an empty id', { webhookId: '' }],
  ['23502', 'no event type', { eventType: null as unknown as string }],
])('one bad row among 500 fails the batch with %s: %s', async (code, _what, bad) => {
  const rows = Array.from({ length: 500 }, (_, i) => webhook(i === 321 ? bad : {}));
  const error = await insert(rows).catch((thrown: unknown) => thrown);
  const found = databaseErrorOf(error);
  expect(found).toMatchObject({ kind: 'statement', code });
  if (code === '23514') expect(found).toHaveProperty('constraint');
  expect(error).not.toHaveProperty('parameters', expect.anything());
  expect(await stored()).toEqual([]);
  const good = rows.filter((_, i) => i !== 321);
  await insert(good);
  expect(await stored()).toHaveLength(499);
});

test('batches with the same ids in opposite orders wait for each other and never deadlock', async () => {
  for (let round = 0; round < 10; round += 1) {
    const rows = Array.from({ length: 300 }, () => webhook());
    expect(await endsOf([rows, [...rows].reverse(), rows, rows])).toEqual(oneOf(4));
  }
});

test('a hundred copies at once make one row', async () => {
  const row = webhook();
  expect(await endsOf(Array.from({ length: 100 }, () => [row]))).toEqual(oneOf(100));
  expect(await stored()).toHaveLength(1);
});

const oneOf = (count: number) => ['stored', ...Array.from({ length: count - 1 }, () => 'conflict')];

/** The results of batches that are inserted concurrently, successful ones first. */
async function endsOf(batches: readonly (readonly WebhookRow[])[]): Promise<string[]> {
  const ends = batches.map((rows) =>
    insert(rows).then(
      () => 'stored',
      (error: unknown) => (error instanceof VersionConflictError ? 'conflict' : String(error)),
    ),
  );
  return (await Promise.all(ends)).sort().reverse();
}

test('webhooks that wait for a gateway object are found through their index', async () => {
  const waiting = webhook({ objectIds: ['pi_7', 'ch_7'] });
  await insert([waiting, webhook({ objectIds: ['pi_7'], status: 'IGNORED' }), webhook()]);
  const query = `FROM payment_webhooks WHERE status = 'UNMATCHED' AND object_ids && ARRAY['ch_7']`;
  const found = await database.primary.query(`SELECT webhook_id ${query}`);
  expect(found).toEqual([{ webhook_id: waiting.webhookId }]);
  await insert(Array.from({ length: 2000 }, (_, i) => webhook({ objectIds: [`pi_many_${i}`] })));
  await database.primary.query('VACUUM ANALYZE payment_webhooks');
  const plan = await database.primary.query(`EXPLAIN SELECT 1 ${query}`);
  expect(JSON.stringify(plan)).toContain('payment_webhooks_unmatched_object_ids');
});
