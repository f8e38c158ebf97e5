import { describe, expect, test } from '@jest/globals';
import { AMOUNT_MINOR_MAX } from '@payments/domain';
import { captured, refunded, type TestLedger, webhookOf } from '../testing/deliveries.js';
import { useLedger } from '../testing/use-ledger.js';

let ledger: TestLedger;
useLedger((opened) => {
  ledger = opened;
});

const transactions = () =>
  ledger.rows('SELECT type, status, amount, source FROM payment_transactions ORDER BY type');
const versions = async () =>
  (await ledger.rows('SELECT version FROM outbox ORDER BY id')).map(({ version }) => Number(version));

test('a capture reported by two webhooks, a repair and a gateway answer makes one transaction and one event', async () => {
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

test('four concurrent reports of one capture make one transaction', async () => {
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

test('within a batch, ids that one webhook links to a payment resolve the others, whatever their order', async () => {
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

test('a webhook that only has our own id finds its payment by it', async () => {
  const { id, intentId } = await ledger.create();
  await ledger.deliver([{ ...webhookOf('stripe:meta', [captured('pi_meta')]), intentId }]);
  expect((await ledger.load(id)).payment.intent.status).toBe('SUCCEEDED');
  await ledger.deliver([webhookOf('stripe:then', [refunded('re_2', { relatedIds: ['pi_meta'] })])]);
  expect((await ledger.load(id)).payment.intent.amountRefunded).toBe(500n);
});

test('a webhook whose ids belong to two payments fails with that reason, and links nothing', async () => {
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

  test('because the sum becomes too large fails alone, also among waiting webhooks', async () => {
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
