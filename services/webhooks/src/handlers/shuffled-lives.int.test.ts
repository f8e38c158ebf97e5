import { randomInt } from 'node:crypto';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { sumsIn } from '@payments/domain';
import { loadPaymentsForUpdate } from '@payments/persistence';
import { seededRandom } from '@payments/simulator';
import { lives, modelOf } from '../testing/lives.js';
import { createHarness, type WebhookHarness } from '../testing/webhook-harness.js';

let harness: WebhookHarness;
beforeEach(async () => {
  harness = await createHarness();
}, 60_000);
afterEach(() => harness.close(), 60_000);

test('shuffled, doubled lives of payments end as the pure model says, row for row, under two workers', async () => {
  const seed = randomInt(2 ** 31);
  process.stderr.write(`shuffled lives: seed ${seed}\n`);
  const random = seededRandom(seed);
  const all = lives(240, seed);
  await harness.create(all.filter(({ knownBy }) => knownBy !== 'ref, late').map(({ row }) => row));
  const deliveries = all
    .flatMap(({ history }) =>
      history.webhooks.flatMap((webhook) => (random() < 0.2 ? [webhook, webhook] : [webhook])),
    )
    .map((webhook) => ({ webhook, at: random() }))
    .sort((a, b) => a.at - b.at)
    .map(({ webhook }) => webhook);
  await harness.startWorker();
  await harness.startWorker();
  // Not keyed by payment: its webhooks are spread over partitions, and so over workers.
  const half = Math.floor(deliveries.length / 2);
  await harness.publish(deliveries.slice(0, half));
  const late = all.filter(({ knownBy }) => knownBy === 'ref, late').map(({ row }) => row);
  await Promise.all([
    harness.publish(deliveries.slice(half)),
    (async () => {
      for (const row of late) await harness.create([row]);
    })(),
  ]);
  await harness.finished();
  await harness.settled();

  const keys = await harness.rows('SELECT payment_intent_id AS id, order_id FROM payment_intent_keys');
  const ids = new Map(keys.map((row) => [row.order_id, String(row.id)]));
  const loaded = await harness.database.transaction((em) => loadPaymentsForUpdate(em, [...ids.values()]));
  for (const life of all) {
    const id = ids.get(life.row.orderId) ?? '';
    const payment = loaded.get(id)?.payment;
    const model = modelOf(life, id);
    expect(sumsIn(payment?.intent ?? model.intent)).toEqual(sumsIn(model.intent));
    const { version: _, ...intent } = model.intent;
    expect(payment?.intent).toMatchObject(intent);
    expect(new Map(payment?.transactions)).toEqual(new Map(model.transactions));
    expect(payment?.legs.map(({ lastStatusFact }) => lastStatusFact)).toEqual(
      model.legs.map(({ lastStatusFact }) => lastStatusFact),
    );
  }
  const left = await harness.rows(
    `SELECT status, count(*)::int FROM payment_webhooks WHERE status NOT IN ('PROCESSED', 'STALE', 'IGNORED') GROUP BY 1`,
  );
  expect(left).toEqual([]);
  const booked = await harness.rows('SELECT webhook_id FROM payment_webhooks');
  const sent = new Set(deliveries.map(({ webhookId }) => webhookId));
  expect(new Set(booked.map((row) => row.webhook_id))).toEqual(sent);
  expect(harness.deadLetters).toEqual([]);
  const gaps = await harness.rows(`
    SELECT intent.id FROM payment_intents intent LEFT JOIN outbox ON outbox.payment_intent_id = intent.id
    GROUP BY intent.id, intent.version
    HAVING count(outbox.id) <> intent.version - 1 OR count(DISTINCT outbox.version) <> intent.version - 1
      OR coalesce(max(outbox.version), 1) <> intent.version`);
  expect(gaps).toEqual([]);
}, 120_000);
