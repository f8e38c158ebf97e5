import { randomInt } from 'node:crypto';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { decideAll, type Fact, intentIdOf, onLeg } from '@payments/domain';
import {
  captured,
  type Delays,
  openTestLedger,
  refunded,
  type TestLedger,
  type TestWebhook,
  webhookOf,
} from '../testing/deliveries.js';

/** mulberry32: the same seed gives the same delays and orders, if not the same interleaving. */
function randomFrom(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return (((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * below;
  };
}

function shuffled<T>(items: readonly T[], random: (below: number) => number): T[] {
  return items
    .map((item) => ({ item, at: random(1) }))
    .sort((a, b) => a.at - b.at)
    .map(({ item }) => item);
}

let ledger: TestLedger;
beforeEach(async () => {
  ledger = await openTestLedger(12);
}, 60_000);
afterEach(() => ledger.close());

async function outboxIsGapless(): Promise<boolean> {
  const rows = await ledger.rows(`
    SELECT outbox.payment_intent_id FROM outbox JOIN payment_intents intent ON intent.id = payment_intent_id
    GROUP BY 1, intent.version
    HAVING count(*) <> intent.version - 1 OR min(outbox.version) <> 2 OR max(outbox.version) <> intent.version
      OR count(DISTINCT outbox.version) <> count(*)`);
  return rows.length === 0;
}

test('webhooks concurrent with the writer of their ref are never left waiting', async () => {
  const seed = randomInt(2 ** 31);
  process.stderr.write(`webhooks against the writer of their ref: seed ${seed}\n`);
  const random = randomFrom(seed);
  const delays = (): Delays => ({ beforeMs: random(6), beforeCommitMs: random(4) });
  for (let round = 0; round < 120; round += 1) {
    const [object, charge, refund] = [`pi_${round}`, `ch_${round}`, `re_${round}`];
    const { id } = await ledger.create();
    const facts: Fact[] = [
      captured(object, { relatedIds: [charge] }),
      refunded(refund, { relatedIds: [charge] }),
    ];
    await Promise.all([
      ledger.deliver([webhookOf(`stripe:capture-${round}`, facts.slice(0, 1))], delays()),
      // It has only one of the payment's ids, which the writer does not know.
      ledger.deliver([webhookOf(`stripe:refund-${round}`, facts.slice(1))], delays()),
      ledger.write(
        [
          {
            source: 'command',
            provider: 'stripe',
            objectIds: [object],
            intentId: null,
            facts: [],
            leg: { paymentIntentId: id, leg: 1, gatewayObjectId: object },
          },
        ],
        delays(),
      ),
    ]);
    await ledger.settle();
    const { intent } = (await ledger.load(id)).payment;
    expect(intent).toMatchObject({ status: 'SUCCEEDED', amountCaptured: 1999n, amountRefunded: 500n });
  }
  expect(new Set(Object.values(await ledger.statuses()))).toEqual(new Set(['PROCESSED']));
  expect(await outboxIsGapless()).toBe(true);
}, 120_000);

test('webhooks that only have our own id, concurrent with the creation of their payment, are never left waiting', async () => {
  const seed = randomInt(2 ** 31);
  process.stderr.write(`webhooks against the creation of their payment: seed ${seed}\n`);
  const random = randomFrom(seed);
  for (let round = 0; round < 120; round += 1) {
    const orderId = `order-${round}`;
    const webhook = {
      ...webhookOf(`stripe:${round}`, [captured(`pi_${round}`)]),
      intentId: intentIdOf(orderId, 'stripe'),
    };
    const delays: Delays = { beforeMs: random(4), beforeCommitMs: random(4) };
    await Promise.all([
      ledger.deliver([webhook], delays),
      ledger.create({ orderId }, { beforeMs: random(4), beforeCommitMs: random(4) }),
    ]);
    await ledger.settle();
  }
  expect(new Set(Object.values(await ledger.statuses()))).toEqual(new Set(['PROCESSED']));
  expect(ledger.conflicts.deadlocks).toBe(0);
  expect(await outboxIsGapless()).toBe(true);
}, 120_000);

test('two workers and a direct writer on a few hot payments: no deadlock, nothing twice, equal to the model', async () => {
  const seed = randomInt(2 ** 31);
  process.stderr.write(`hot payments: seed ${seed}\n`);
  const random = randomFrom(seed);
  const payments = await Promise.all(
    Array.from({ length: 6 }, async (_, index) => {
      const { id } = await ledger.create({ amount: { amountMinor: 60_000n, currency: 'USD' } });
      const before = (await ledger.load(id)).payment;
      const amount = { amountMinor: 60_000n, currency: 'USD' };
      const facts: Fact[] = [
        captured(`pi_${index}`, { amount, relatedIds: [`ch_${index}`] }),
        ...Array.from({ length: 40 }, (_, n) =>
          refunded(`re_${index}_${n}`, {
            amount: { amountMinor: 100n, currency: 'USD' },
            relatedIds: [`ch_${index}`],
            state: n % 3 === 0 ? 'pending' : 'succeeded',
            occurredAt: 1_764_000_100_000 + n,
          }),
        ),
      ];
      return { id, index, before, facts };
    }),
  );
  const webhooks: TestWebhook[] = payments.flatMap(({ index, facts }) =>
    facts.map((fact, n) => webhookOf(`stripe:${index}-${n}`, [fact])),
  );
  const worker = async (): Promise<void> => {
    // Each worker gets everything, in its own order: the other one has applied about half of it.
    const mine = shuffled(webhooks, random);
    for (let from = 0; from < mine.length; from += 30) await ledger.deliver(mine.slice(from, from + 30));
  };
  const writer = async (): Promise<void> => {
    for (const { id, index, facts } of shuffled(payments, random)) {
      await ledger.write(
        [
          {
            source: 'command',
            provider: 'stripe',
            objectIds: [`pi_${index}`],
            intentId: null,
            facts: facts.slice(0, 1),
            leg: { paymentIntentId: id, leg: 1, gatewayObjectId: `pi_${index}` },
          },
        ],
        { beforeMs: random(20) },
      );
    }
  };
  let isWritten = false;
  const settling = (async (): Promise<void> => {
    while (!isWritten) await ledger.settle({ webhooksMax: 7 });
  })();
  await Promise.all([worker(), worker(), writer()]);
  isWritten = true;
  await settling;
  await ledger.settle();

  expect(ledger.conflicts.deadlocks).toBe(0);
  expect(new Set(Object.values(await ledger.statuses()))).toEqual(new Set(['PROCESSED']));
  for (const { id, before, facts } of payments) {
    const model = decideAll(
      before,
      facts.map((fact) => onLeg(fact, 1)),
    ).payment;
    const { payment } = await ledger.load(id);
    expect(new Map(payment.transactions)).toEqual(new Map(model.transactions));
    const { version: _, ...expected } = model.intent;
    expect(payment.intent).toMatchObject(expected);
  }
  const keys = await ledger.rows(
    'SELECT gateway_provider, type, gateway_object_id FROM payment_transaction_keys',
  );
  expect(keys).toHaveLength(payments.length * 41);
  expect(new Set(keys.map((row) => Object.values(row).join(' '))).size).toBe(keys.length);
  expect(await outboxIsGapless()).toBe(true);
}, 120_000);

test('an intent written without a lock is a conflict, and the whole batch runs again', async () => {
  const { id } = await ledger.create({ gatewayObjectId: 'pi_moved' });
  await ledger.create({ gatewayObjectId: 'pi_other' });
  await ledger.rows(`
    CREATE FUNCTION move_once() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
      IF NEW.id = '${id}' AND NEW.version = OLD.version + 1 AND nextval('moves') = 1 THEN RETURN NULL; END IF;
      RETURN NEW;
    END $$`);
  await ledger.rows('CREATE SEQUENCE moves');
  // To the statement, a skipped row looks like one with another version.
  await ledger.rows(
    'CREATE TRIGGER move_once BEFORE UPDATE ON payment_intents FOR EACH ROW EXECUTE FUNCTION move_once()',
  );
  await ledger.deliver([
    webhookOf('stripe:moved', [captured('pi_moved')]),
    webhookOf('stripe:other', [captured('pi_other')]),
  ]);
  expect(ledger.conflicts.versions).toBe(1);
  expect(await ledger.statuses()).toEqual({ 'stripe:moved': 'PROCESSED', 'stripe:other': 'PROCESSED' });
  expect(await outboxIsGapless()).toBe(true);
});
