import { describe, expect, test } from '@jest/globals';
import type { IntentStatus } from '@payments/domain';
import { captured, openLeg, type TestLedger, webhookOf } from '../testing/deliveries.js';
import { useLedger } from '../testing/use-ledger.js';

let ledger: TestLedger;
useLedger((opened) => {
  ledger = opened;
});

describe.each<IntentStatus>(['CANCELED', 'EXPIRED', 'FAILED'])(
  'a late capture on a payment that is %s',
  (status) => {
    test('makes it succeed, with a late_success event, and its order is paid', async () => {
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

    test('is recorded although the order has another live payment meanwhile', async () => {
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
        source: 'command',
        provider: 'paypal',
        objectIds: ['O_TWO'],
        intentId: null,
        facts: [],
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

test('a payment that ends allows the next one of its order, and does not count as live', async () => {
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
      source: 'command',
      provider: 'paypal',
      objectIds: ['ORDER2'],
      intentId: null,
      facts: [],
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
