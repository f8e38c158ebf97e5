import { expect, test } from '@jest/globals';
import { intentIdOf } from '@payments/domain';
import { captured, refunded, type TestLedger, type TestWebhook, webhookOf } from '../testing/deliveries.js';
import { useLedger } from '../testing/use-ledger.js';

let ledger: TestLedger;
useLedger((opened) => {
  ledger = opened;
});

const CENT = { amountMinor: 1n, currency: 'USD' };
const refunds = (count: number, chargeId: string): TestWebhook[] =>
  Array.from({ length: count }, (_, n) =>
    webhookOf(`stripe:${chargeId}-${n}`, [
      refunded(`re_${chargeId}_${n}`, { amount: CENT, relatedIds: [chargeId] }),
    ]),
  );

async function countOf(status: string): Promise<number> {
  const rows = await ledger.rows('SELECT count(*)::int AS n FROM payment_webhooks WHERE status = $1', [
    status,
  ]);
  return Number(rows[0]?.n);
}

/** Number of webhooks settled by each transaction. */
async function settledAtOnce(): Promise<number[]> {
  const rows = await ledger.rows(
    `SELECT count(*)::int AS n FROM payment_webhooks WHERE status <> 'UNMATCHED' GROUP BY xmin::text ORDER BY 1`,
  );
  return rows.map(({ n }) => Number(n));
}

async function refsToSettle(): Promise<unknown[]> {
  return ledger.rows('SELECT object_id FROM gateway_object_refs WHERE settle_at IS NOT NULL');
}

test('a webhook that comes before its payment waits, and is applied when its ref is written', async () => {
  await ledger.deliver([webhookOf('stripe:early', [captured('pi_early', { relatedIds: ['ch_early'] })])]);
  expect(await ledger.statuses()).toEqual({ 'stripe:early': 'UNMATCHED' });
  const { id } = await ledger.create({ gatewayObjectId: 'pi_early' });
  await ledger.settle();
  expect(await ledger.statuses()).toEqual({ 'stripe:early': 'PROCESSED' });
  expect((await ledger.load(id)).payment.intent.status).toBe('SUCCEEDED');
  // Its other ids belong to the payment as well from now on.
  await ledger.deliver([webhookOf('stripe:refund', [refunded('re_1', { relatedIds: ['ch_early'] })])]);
  expect((await ledger.load(id)).payment.intent.amountRefunded).toBe(500n);
  expect(await refsToSettle()).toEqual([]);
});

test('thousands that wait for one payment do not slow down its claimant, and are settled in batches', async () => {
  const waiting = refunds(1_200, 'ch_hot');
  for (let from = 0; from < waiting.length; from += 400)
    await ledger.deliver(waiting.slice(from, from + 400));
  const { id } = await ledger.create({
    gatewayObjectId: 'pi_hot',
    objectIds: ['ch_hot'],
    amount: { amountMinor: 5_000n, currency: 'USD' },
  });
  expect(await countOf('UNMATCHED')).toBe(1_200);
  await ledger.settle({ webhooksMax: 250, times: 2 });
  // A webhook that comes meanwhile is applied at once, before those that still wait.
  await ledger.deliver([
    webhookOf('stripe:meanwhile', [
      captured('pi_hot', { relatedIds: ['ch_hot'], amount: { amountMinor: 5_000n, currency: 'USD' } }),
    ]),
  ]);
  expect((await ledger.load(id)).payment.intent).toMatchObject({ status: 'SUCCEEDED', amountRefunded: 500n });
  await ledger.settle({ webhooksMax: 250 });
  expect((await ledger.load(id)).payment.intent).toMatchObject({
    status: 'SUCCEEDED',
    amountCaptured: 5_000n,
    amountRefunded: 1_200n,
  });
  expect(await settledAtOnce()).toEqual([1, 200, 250, 250, 250, 250]);
  expect(await refsToSettle()).toEqual([]);
}, 60_000);

test('webhooks of each payment get their turn, however many wait for one of them', async () => {
  for (const chargeId of ['ch_many', 'ch_few']) {
    await ledger.deliver(refunds(chargeId === 'ch_many' ? 300 : 1, chargeId));
  }
  await ledger.create({ gatewayObjectId: 'ch_many' });
  const { id } = await ledger.create({ gatewayObjectId: 'ch_few' });
  await ledger.settle({ webhooksMax: 20, times: 2 });
  expect((await ledger.load(id)).payment.transactions.size).toBe(1);
  expect(await countOf('UNMATCHED')).toBeGreaterThan(250);
});

test('a batch is limited by the bytes of its bodies', async () => {
  await ledger.deliver(refunds(4, 'ch_large'));
  const [row] = await ledger.rows(
    'SELECT max(octet_length(sealed_body))::int AS size FROM payment_webhook_bodies',
  );
  await ledger.create({ gatewayObjectId: 'ch_large' });
  await ledger.settle({ bytesMax: 2 * Number(row?.size) });
  expect(await settledAtOnce()).toEqual([2, 2]);
});

test('a chain of a hundred links is settled from one end to the other, at least one link at a time', async () => {
  const links = Array.from({ length: 100 }, (_, n) => ({
    ...webhookOf(`paypal:${n}`, [refunded(`R${n}`, { provider: 'paypal', amount: CENT })], 'paypal'),
    objectIds: [`L${n}`, `L${n + 1}`],
  }));
  for (const link of links) await ledger.deliver([link]);
  const { id } = await ledger.create({ provider: 'paypal', gatewayObjectId: 'L0' });
  await ledger.settle();
  expect(await countOf('PROCESSED')).toBe(100);
  expect((await ledger.load(id)).payment.transactions.size).toBe(100);
  expect(await refsToSettle()).toEqual([]);
}, 60_000);

test('a chain of waiting webhooks is settled after a gateway answer that names one end of it', async () => {
  const { id } = await ledger.create({ provider: 'paypal' });
  const said = { provider: 'paypal' as const };
  await ledger.deliver([
    webhookOf('paypal:refund', [refunded('R', { ...said, relatedIds: ['C'] })], 'paypal'),
  ]);
  await ledger.deliver([
    webhookOf('paypal:capture', [captured('C', { ...said, relatedIds: ['A'] })], 'paypal'),
  ]);
  expect(Object.values(await ledger.statuses())).toEqual(['UNMATCHED', 'UNMATCHED']);
  await ledger.deliver([
    { ...webhookOf('paypal:link', [], 'paypal'), objectIds: ['A', 'O'] },
    { ...webhookOf('paypal:unrelated', [], 'paypal'), objectIds: ['Z'] },
  ]);
  await ledger.write([
    {
      source: 'command',
      provider: 'paypal',
      objectIds: ['O', 'A'],
      intentId: null,
      facts: [],
      leg: { paymentIntentId: id, leg: 1, gatewayObjectId: 'O' },
    },
  ]);
  await ledger.settle();
  const { intent } = (await ledger.load(id)).payment;
  expect(intent).toMatchObject({ status: 'SUCCEEDED', amountCaptured: 1999n, amountRefunded: 500n });
  expect(await ledger.statuses()).toMatchObject({
    'paypal:refund': 'PROCESSED',
    'paypal:capture': 'PROCESSED',
    'paypal:unrelated': 'UNMATCHED',
  });
});

test('a webhook that only has our own id, and comes before its payment, is applied after the creation', async () => {
  const orderId = 'order-early';
  const intentId = intentIdOf(orderId, 'stripe');
  await ledger.deliver([
    { ...webhookOf('stripe:ours', [captured('pi_ours')]), intentId },
    // Names another payment's id: it is not this one's.
    { ...webhookOf('stripe:other', [captured('pi_other')]), intentId: intentIdOf('order-other', 'stripe') },
  ]);
  expect(await countOf('UNMATCHED')).toBe(2);
  const { id } = await ledger.create({ orderId });
  await ledger.settle();
  expect(await ledger.statuses()).toEqual({ 'stripe:other': 'UNMATCHED', 'stripe:ours': 'PROCESSED' });
  expect((await ledger.load(id)).payment.intent).toMatchObject({
    status: 'SUCCEEDED',
    amountCaptured: 1999n,
  });
});

test('if a waiting webhook also has our own id of another payment, the gateway id decides', async () => {
  await ledger.deliver([
    { ...webhookOf('stripe:both', [captured('pi_decides')]), intentId: intentIdOf('order-named', 'stripe') },
  ]);
  const named = await ledger.create({ orderId: 'order-named', provider: 'stripe' });
  const owner = await ledger.create({ gatewayObjectId: 'pi_decides' });
  await ledger.settle();
  expect((await ledger.load(owner.id)).payment.intent.amountCaptured).toBe(1999n);
  expect((await ledger.load(named.id)).payment.intent.amountCaptured).toBe(0n);
});

test('one that cannot be opened keeps waiting with the reason, does not delay others, and is tried again', async () => {
  ledger.unreadable.set(
    'stripe:sealed',
    new Error('sealed under key old, which is not among the sealing keys'),
  );
  await ledger.deliver([
    webhookOf('stripe:sealed', [captured('pi_sealed')]),
    webhookOf('stripe:readable', [refunded('re_sealed', { relatedIds: ['pi_sealed'] })]),
  ]);
  const { id } = await ledger.create({ gatewayObjectId: 'pi_sealed' });
  const deferred = await ledger.settle({ webhooksMax: 1, retryMs: 60_000 });
  expect(deferred.map(({ webhook }) => webhook.webhookId)).toEqual(['stripe:sealed']);
  expect(await ledger.statuses()).toEqual({ 'stripe:readable': 'PROCESSED', 'stripe:sealed': 'UNMATCHED' });
  const [row] = await ledger.rows(`SELECT error FROM payment_webhooks WHERE status = 'UNMATCHED'`);
  expect(row?.error).toContain('key old');
  expect((await ledger.load(id)).payment.transactions.size).toBe(1);
  expect(await ledger.settle({ retryMs: 0 })).toEqual([]);

  ledger.unreadable.clear();
  // As if its time had passed.
  await ledger.rows('UPDATE payment_webhooks SET retry_at = now() WHERE retry_at IS NOT NULL');
  await ledger.rows('UPDATE gateway_object_refs SET settle_at = now() WHERE settle_at IS NOT NULL');
  await ledger.settle();
  expect((await ledger.load(id)).payment.intent).toMatchObject({
    amountCaptured: 1999n,
    amountRefunded: 500n,
  });
  expect(await ledger.rows('SELECT DISTINCT error, retry_at FROM payment_webhooks')).toEqual([
    { error: null, retry_at: null },
  ]);
  expect(await refsToSettle()).toEqual([]);
});

test('one that the database refuses makes the run fail, and nothing of it is written', async () => {
  await ledger.deliver(refunds(3, 'ch_bad'));
  await ledger.create({ gatewayObjectId: 'ch_bad' });
  await ledger.rows(`
    CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
      IF NEW.gateway_transaction_id = 're_ch_bad_1' THEN RAISE 'refused' USING ERRCODE = '22000'; END IF;
      RETURN NEW;
    END $$`);
  await ledger.rows(
    'CREATE TRIGGER refuse BEFORE INSERT ON payment_transactions FOR EACH ROW EXECUTE FUNCTION refuse()',
  );
  try {
    await expect(ledger.settle()).rejects.toThrow('refused');
    expect(await countOf('UNMATCHED')).toBe(3);
  } finally {
    await ledger.rows('DROP FUNCTION refuse CASCADE');
  }
  await ledger.settle();
  expect(await countOf('PROCESSED')).toBe(3);
});

test('two concurrent calls settle nothing twice, and do not wait for each other', async () => {
  await ledger.deliver(refunds(100, 'ch_two'));
  await ledger.create({ gatewayObjectId: 'ch_two' });
  await Promise.all([ledger.settle({ webhooksMax: 10 }), ledger.settle({ webhooksMax: 10 })]);
  await ledger.settle();
  expect(await countOf('PROCESSED')).toBe(100);
  expect(ledger.conflicts).toEqual({ versions: 0, deadlocks: 0 });
});
