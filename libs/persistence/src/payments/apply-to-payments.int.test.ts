import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { AMOUNT_MINOR_MAX, type IntentStatus } from '@payments/domain';
import {
  captured,
  openLeg,
  openTestLedger,
  refunded,
  type TestLedger,
  webhookOf,
} from '../testing/deliveries.js';

let ledger: TestLedger;
beforeAll(async () => {
  ledger = await openTestLedger();
}, 60_000);
afterAll(() => ledger.close());
beforeEach(() => ledger.clear());

const transactions = () =>
  ledger.rows('SELECT type, status, amount, source FROM payment_transactions ORDER BY type');
const versions = async () =>
  (await ledger.rows('SELECT version FROM outbox ORDER BY id')).map(({ version }) => Number(version));

test('one capture told by two webhooks, a repair and a gateway answer is one transaction and one event', async () => {
  const { id } = await ledger.create({ gatewayObjectId: 'pi_1' });
  await ledger.deliver([webhookOf('stripe:1', [captured('pi_1', { relatedIds: ['ch_1'] })])]);
  await ledger.deliver([
    webhookOf('stripe:2', [captured('pi_1')]),
    { ...webhookOf('reconciliation:stripe:pi_1:succeeded', [captured('pi_1')]), source: 'reconciliation' },
  ]);
  await ledger.write([
    { source: 'command', provider: 'stripe', objectIds: ['pi_1'], intentId: null, facts: [captured('pi_1')] },
  ]);
  expect(await transactions()).toEqual([
    { type: 'PAYMENT', status: 'SUCCEEDED', amount: '1999', source: 'gateway' },
  ]);
  expect(await versions()).toEqual([2]);
  const { payment } = await ledger.load(id);
  expect(payment.intent).toMatchObject({ status: 'SUCCEEDED', amountCaptured: 1999n, version: 2 });
  expect(new Set(Object.values(await ledger.statuses()))).toEqual(new Set(['PROCESSED']));
});

test('four who tell one capture at the same moment make one transaction', async () => {
  for (let round = 0; round < 20; round += 1) {
    const object = `pi_same_${round}`;
    await ledger.create({ gatewayObjectId: object });
    await Promise.all([
      ledger.deliver([webhookOf(`stripe:a${round}`, [captured(object)])]),
      ledger.deliver([webhookOf(`stripe:a${round}`, [captured(object)])]),
      ledger.deliver([webhookOf(`stripe:b${round}`, [captured(object, { relatedIds: [`ch_${round}`] })])]),
      ledger.write([
        {
          source: 'command',
          provider: 'stripe',
          objectIds: [object],
          intentId: null,
          facts: [captured(object)],
        },
      ]),
    ]);
  }
  expect(await transactions()).toHaveLength(20);
  expect(await versions()).toEqual(Array(20).fill(2));
  expect(ledger.conflicts.deadlocks).toBe(0);
});

test('within a batch, what one webhook ties together helps the others, whatever their order', async () => {
  const { id } = await ledger.create({ provider: 'paypal', gatewayObjectId: 'ORDER' });
  const said = { provider: 'paypal' as const };
  await ledger.deliver([
    webhookOf('paypal:refund', [refunded('R2', { ...said, relatedIds: ['C2'] })], 'paypal'),
    webhookOf('paypal:capture', [captured('C2', { ...said, relatedIds: ['ORDER'] })], 'paypal'),
  ]);
  expect((await ledger.load(id)).payment.intent).toMatchObject({
    amountCaptured: 1999n,
    amountRefunded: 500n,
  });
});

test('a webhook that only brings our own id finds its payment by it', async () => {
  const { id, intentId } = await ledger.create();
  await ledger.deliver([{ ...webhookOf('stripe:meta', [captured('pi_meta')]), intentId }]);
  expect((await ledger.load(id)).payment.intent.status).toBe('SUCCEEDED');
  await ledger.deliver([webhookOf('stripe:then', [refunded('re_2', { relatedIds: ['pi_meta'] })])]);
  expect((await ledger.load(id)).payment.intent.amountRefunded).toBe(500n);
});

test('a webhook whose ids belong to two payments fails, says so, and ties nothing together', async () => {
  await ledger.create({ gatewayObjectId: 'pi_a' });
  await ledger.create({ gatewayObjectId: 'pi_b' });
  await ledger.deliver([
    webhookOf('stripe:two', [captured('pi_a', { relatedIds: ['pi_b', 'ch_new'] })]),
    webhookOf('stripe:fine', [captured('pi_b')]),
  ]);
  expect(await ledger.statuses()).toEqual({ 'stripe:fine': 'PROCESSED', 'stripe:two': 'FAILED' });
  const [row] = await ledger.rows(`SELECT error FROM payment_webhooks WHERE status = 'FAILED'`);
  expect(row?.error).toContain('belong to 2 payments');
  expect(await ledger.rows(`SELECT 1 FROM gateway_object_refs WHERE object_id = 'ch_new'`)).toEqual([]);
});

describe('a webhook that can never be applied', () => {
  test.each([
    ['an amount below zero', captured('pi_f', { amount: { amountMinor: -1n, currency: 'USD' } })],
    ['a currency that is none', captured('pi_f', { amount: { amountMinor: 1n, currency: 'XXQ' } })],
    ['a fact of another gateway', captured('pi_f', { provider: 'razorpay' })],
    ['a time that is none', captured('pi_f', { occurredAt: Number.NaN })],
  ])('with %s fails alone', async (_what, bad) => {
    const { id } = await ledger.create({ gatewayObjectId: 'pi_f' });
    await ledger.deliver([
      webhookOf('stripe:good', [captured('pi_f')]),
      { ...webhookOf('stripe:bad', [bad]), objectIds: ['pi_f'] },
      webhookOf('stripe:refund', [refunded('re_f', { relatedIds: ['pi_f'] })]),
    ]);
    expect(await ledger.statuses()).toEqual({
      'stripe:bad': 'FAILED',
      'stripe:good': 'PROCESSED',
      'stripe:refund': 'PROCESSED',
    });
    expect((await ledger.load(id)).payment.intent).toMatchObject({
      amountCaptured: 1999n,
      amountRefunded: 500n,
    });
  });

  test('because the sum grows too large fails alone, and what waits for its payment does too', async () => {
    const most = { amountMinor: AMOUNT_MINOR_MAX, currency: 'USD' };
    await ledger.deliver([webhookOf('stripe:waiting', [captured('pi_x', { amount: most })])]);
    await ledger.deliver([
      webhookOf('stripe:waiting-too', [captured('pi_y', { amount: most, relatedIds: ['pi_x'] })]),
    ]);
    const { id } = await ledger.create({ gatewayObjectId: 'pi_x' });
    await ledger.settle();
    expect(Object.values(await ledger.statuses()).sort()).toEqual(['FAILED', 'PROCESSED']);
    expect((await ledger.load(id)).payment.intent.amountCaptured).toBe(most.amountMinor);
  });
});

describe.each<IntentStatus>(['CANCELED', 'EXPIRED', 'FAILED'])(
  'a late capture on a payment that is %s',
  (status) => {
    test('makes it succeed, tells of a late success, and its order is paid', async () => {
      const { id } = await ledger.create({ gatewayObjectId: 'pi_late' });
      await ledger.rows('UPDATE payment_intents SET status = $2 WHERE id = $1', [id, status]);
      await ledger.rows('UPDATE payment_intent_keys SET live = false');
      await ledger.deliver([webhookOf('stripe:late', [captured('pi_late')])]);
      expect((await ledger.load(id)).payment.intent).toMatchObject({
        status: 'SUCCEEDED',
        amountCaptured: 1999n,
      });
      expect(await ledger.rows('SELECT payload->>$1 AS type FROM outbox', ['type'])).toEqual([
        { type: 'late_success' },
      ]);
      expect(await ledger.rows('SELECT live, allow_another FROM payment_intent_keys')).toEqual([
        { live: true, allow_another: false },
      ]);
    });

    test('is recorded although the order has another live payment by now', async () => {
      const orderId = 'order-of-two';
      const { id } = await ledger.create({ orderId, gatewayObjectId: 'pi_first' });
      await ledger.rows('UPDATE payment_intents SET status = $2 WHERE id = $1', [id, status]);
      await ledger.rows('UPDATE payment_intent_keys SET live = false');
      await ledger.create({ orderId, attempt: 2, gatewayObjectId: 'pi_second' });
      await ledger.deliver([webhookOf('stripe:late', [captured('pi_first')])]);
      expect((await ledger.load(id)).payment.intent.status).toBe('SUCCEEDED');
      expect(await ledger.rows('SELECT live FROM payment_intent_keys')).toEqual([
        { live: true },
        { live: true },
      ]);
    });
  },
);

describe('in one batch', () => {
  test('late captures of one order are recorded in one transaction', async () => {
    const orderId = 'order-of-two-late';
    const ended = async (attempt: number) => {
      const { id } = await ledger.create({ orderId, attempt, gatewayObjectId: `pi_late_${attempt}` });
      await ledger.rows(`UPDATE payment_intents SET status = 'EXPIRED' WHERE id = $1`, [id]);
      await ledger.rows('UPDATE payment_intent_keys SET live = false WHERE payment_intent_id = $1', [id]);
      return id;
    };
    const ids = [await ended(1), await ended(2), await ended(3)];
    await ledger.deliver(
      [3, 1, 2].map((attempt) => webhookOf(`stripe:late-${attempt}`, [captured(`pi_late_${attempt}`)])),
    );
    expect(ledger.conflicts.versions).toBe(0);
    for (const id of ids) expect((await ledger.load(id)).payment.intent.status).toBe('SUCCEEDED');
    // One of them is the order's own, the others are beside it.
    expect(
      await ledger.rows('SELECT live, allow_another FROM payment_intent_keys ORDER BY payment_intent_id'),
    ).toEqual([
      { live: true, allow_another: false },
      { live: true, allow_another: true },
      { live: true, allow_another: true },
    ]);
  });

  test('captures on two legs of an expired payment are recorded in one transaction', async () => {
    const { id } = await ledger.create({ gatewayObjectId: 'pi_two_legs' });
    await openLeg(ledger, id, { leg: 2, provider: 'paypal' });
    await ledger.write([
      {
        ...{ source: 'command', provider: 'paypal', objectIds: ['O_TWO'], intentId: null, facts: [] },
        leg: { paymentIntentId: id, leg: 2, gatewayObjectId: 'O_TWO' },
      },
    ]);
    await ledger.rows(`UPDATE payment_intents SET status = 'EXPIRED'`);
    await ledger.rows('UPDATE payment_intent_keys SET live = false');
    const paypal = captured('C_TWO', { provider: 'paypal', relatedIds: ['O_TWO'] });
    await ledger.deliver([
      webhookOf('paypal:late', [paypal], 'paypal'),
      webhookOf('stripe:late', [captured('pi_two_legs')]),
    ]);
    expect(ledger.conflicts.versions).toBe(0);
    expect((await ledger.load(id)).payment.intent).toMatchObject({
      status: 'SUCCEEDED',
      amountCaptured: 3998n,
    });
  });
});

test('a payment that ends makes room for the next of its order, and is not counted as live', async () => {
  const { id } = await ledger.create({ orderId: 'order-next', gatewayObjectId: 'pi_ends' });
  await expect(ledger.create({ orderId: 'order-next', attempt: 2 })).rejects.toThrow('order_has_another');
  const canceled = {
    kind: 'canceled',
    provider: 'stripe',
    objectId: 'pi_ends',
    relatedIds: [],
    occurredAt: 1,
  } as const;
  await ledger.deliver([webhookOf('stripe:canceled', [canceled])]);
  expect((await ledger.load(id)).payment.intent.status).toBe('CANCELED');
  await ledger.create({ orderId: 'order-next', attempt: 2 });
});

test('two captures on two legs are two transactions, both counted, and raise DUPLICATE_CHARGE', async () => {
  const { id } = await ledger.create({ gatewayObjectId: 'pi_leg1' });
  await openLeg(ledger, id, { leg: 2, provider: 'paypal' });
  await ledger.write([
    {
      ...{ source: 'command', provider: 'paypal', objectIds: ['ORDER2'], intentId: null, facts: [] },
      leg: { paymentIntentId: id, leg: 2, gatewayObjectId: 'ORDER2' },
    },
  ]);
  const first = await ledger.deliver([webhookOf('stripe:c1', [captured('pi_leg1')])]);
  const second = await ledger.deliver([
    webhookOf('paypal:c2', [captured('CAP2', { provider: 'paypal', relatedIds: ['ORDER2'] })], 'paypal'),
  ]);
  const { payment } = await ledger.load(id);
  expect(payment.intent).toMatchObject({ amountCaptured: 3998n, currentLeg: 1, status: 'SUCCEEDED' });
  expect(first.changes[0]?.folded.alerts).toEqual([]);
  expect(second.changes[0]?.folded.alerts.map(({ code }) => code)).toEqual(['DUPLICATE_CHARGE']);
  // The capture on leg 1 made it current again: leg 2 was left behind.
  expect(
    await ledger.rows(
      'SELECT leg, abandoned_at IS NULL AS kept, gateway_object_id FROM intent_legs ORDER BY leg',
    ),
  ).toEqual([
    { leg: 1, kept: true, gateway_object_id: 'pi_leg1' },
    { leg: 2, kept: false, gateway_object_id: 'ORDER2' },
  ]);
  expect(await ledger.rows('SELECT gateway_intent_id FROM payment_intents')).toEqual([
    { gateway_intent_id: 'pi_leg1' },
  ]);
});

test('a refund that comes before its capture, in another month than its payment, counts once the capture is known', async () => {
  const twoMonthsAgo = new Date();
  twoMonthsAgo.setUTCMonth(twoMonthsAgo.getUTCMonth() - 1, 1);
  const { id } = await ledger.create({ gatewayObjectId: 'pi_old', createdAt: twoMonthsAgo });
  await ledger.deliver([webhookOf('stripe:r', [refunded('re_old', { relatedIds: ['pi_old'] })])]);
  expect((await ledger.load(id)).payment.intent.amountRefunded).toBe(0n);
  await ledger.deliver([webhookOf('stripe:c', [captured('pi_old')])]);
  expect((await ledger.load(id)).payment.intent).toMatchObject({
    amountCaptured: 1999n,
    amountRefunded: 500n,
  });
  const places = await ledger.rows(`SELECT tableoid::regclass::text AS place FROM payment_transactions
    UNION SELECT tableoid::regclass::text FROM payment_intents`);
  expect(places).toHaveLength(2);
});

test('a failed refund moves its row on, and the time of its first end stays', async () => {
  const { id } = await ledger.create({ gatewayObjectId: 'pi_m' });
  const times = { relatedIds: ['pi_m'] };
  await ledger.deliver([
    webhookOf('stripe:c', [captured('pi_m')]),
    webhookOf('stripe:r1', [refunded('re_m', times)]),
  ]);
  await ledger.deliver([
    webhookOf('stripe:r2', [
      refunded('re_m', {
        ...times,
        state: 'failed',
        occurredAt: 1_764_000_200_000,
        failure: { code: 'lost', message: 'x' },
      }),
    ]),
  ]);
  expect((await ledger.load(id)).payment.intent.amountRefunded).toBe(0n);
  const [row] =
    await ledger.rows(`SELECT status, failure_code, event_time, processed_at < updated_at AS earlier
    FROM payment_transactions WHERE type = 'REFUND'`);
  expect(row).toEqual({
    status: 'FAILED',
    failure_code: 'lost',
    event_time: new Date(1_764_000_200_000),
    earlier: true,
  });
});

test('what is loaded is what was decided, field by field', async () => {
  const { id } = await ledger.create({ gatewayObjectId: 'pi_all' });
  const applied = await ledger.deliver([
    webhookOf('stripe:1', [
      {
        ...{
          kind: 'requires_action',
          provider: 'stripe',
          objectId: 'pi_all',
          relatedIds: [],
          occurredAt: 1_764_000_000_123,
        },
        nextAction: { type: 'redirect_to_url', url: 'https://hooks.stripe.com/"quoted"\\back' },
      },
    ]),
    webhookOf('stripe:2', [
      {
        ...{
          kind: 'failed',
          provider: 'stripe',
          objectId: 'pi_all',
          relatedIds: [],
          occurredAt: 1_764_000_001_000,
        },
        ...{ retryable: true, failure: { code: 'card_declined', message: 'Nicht „gedeckt“' } },
        payment: { objectId: 'ch_failed', amount: { amountMinor: 1999n, currency: 'USD' } },
      },
    ]),
    webhookOf('stripe:3', [refunded('re_all', { relatedIds: ['pi_all'], state: 'pending', reference: 'x' })]),
  ]);
  expect((await ledger.load(id)).payment).toEqual(applied.changes[0]?.folded.payment);
});
