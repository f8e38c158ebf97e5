import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { startTestSimulator, type TestSimulator } from '../testing/test-simulator.js';

let sim: TestSimulator;
beforeAll(async () => {
  sim = await startTestSimulator();
});
beforeEach(() => sim.simulator.reset());
afterAll(() => sim.close());

const ledger = async (query = '') => (await sim.control('GET', `/ledger${query}`)).body;

async function stripePayment(intentId: string, amount = 1999, currency = 'usd', captureMethod?: 'manual') {
  const { id } = await sim.stripe.paymentIntents.create({
    amount,
    currency,
    metadata: { intentId },
    ...(captureMethod === undefined ? {} : { capture_method: captureMethod }),
  });
  await sim.stripe.paymentIntents.confirm(id, { payment_method: 'pm_card_visa' });
  return id;
}

describe('the ledger', () => {
  test('counts the charges and refunds of an intent over all gateways', async () => {
    const id = await stripePayment('intent-1');
    await sim.stripe.refunds.create({ payment_intent: id, amount: 500 });
    const order = await sim.razorpay.orders.create({
      amount: 49_900,
      currency: 'INR',
      notes: { intentId: 'intent-1' },
      payment_capture: true,
    });
    await sim.control('POST', `/customers/razorpay/${order.id}`, { act: 'agree' });
    expect(await ledger('?intentId=intent-1')).toMatchObject({
      payments: [{ intentId: 'intent-1', chargeCount: 2, refundCount: 1, refunded: 500, charged: 51_899 }],
    });
    expect((await ledger('?intentId=other')).payments).toEqual([]);
  });

  test('tells what is held from what was charged', async () => {
    const id = await stripePayment('intent-1', 1999, 'usd', 'manual');
    const entry = async () => (await ledger()).payments as unknown;
    expect(await entry()).toMatchObject([
      { chargeCount: 0, objects: [{ charges: [], holds: [{ amount: 1999, status: 'held' }] }] },
    ]);
    await sim.stripe.paymentIntents.capture(id, { amount_to_capture: 1200 });
    expect(await entry()).toMatchObject([
      { chargeCount: 1, charged: 1200, refundCount: 0, objects: [{ holds: [{ status: 'captured' }] }] },
    ]);
    const other = await stripePayment('intent-2', 1999, 'usd', 'manual');
    await sim.stripe.paymentIntents.cancel(other);
    expect((await ledger('?intentId=intent-2')).payments).toMatchObject([
      { chargeCount: 0, objects: [{ holds: [{ status: 'released' }] }] },
    ]);
  });

  test('counts in the minor units of ISO 4217, whatever the gateway counts in', async () => {
    await stripePayment('in-iceland', 50_000, 'isk');
    await stripePayment('in-japan', 295, 'jpy');
    expect((await ledger()).payments).toMatchObject([{ charged: 500 }, { charged: 295 }]);
  });

  test('does not count a decline as a charge', async () => {
    const { id } = await sim.stripe.paymentIntents.create({ amount: 5, currency: 'usd' });
    await expect(
      sim.stripe.paymentIntents.confirm(id, { payment_method: 'pm_card_chargeDeclined' }),
    ).rejects.toBeDefined();
    expect((await ledger()).payments).toMatchObject([{ intentId: null, chargeCount: 0, charged: 0 }]);
  });
});

test('requests are counted by operation: executed, replayed, struck by faults', async () => {
  await sim.control('POST', '/faults', { provider: 'stripe', kind: 'rate_limit', nth: 1 });
  const create = () =>
    sim.stripe.paymentIntents.create({ amount: 5, currency: 'usd' }, { idempotencyKey: 'key' });
  await expect(create()).rejects.toMatchObject({ statusCode: 429 });
  await create();
  await create();
  expect((await sim.control('GET', '/requests')).body.operations).toEqual([
    {
      provider: 'stripe',
      operation: 'payment_intents.create',
      requests: 3,
      executed: 1,
      replayed: 1,
      faulted: 1,
    },
  ]);
});

test('a reset forgets payments, faults, keys, counts and settings', async () => {
  await stripePayment('intent-1');
  await sim.control('POST', '/faults', { kind: 'down' });
  await sim.control('PATCH', '/settings', { customerDelayMs: 5 });
  await sim.control('POST', '/reset', {});
  expect((await ledger()).payments).toEqual([]);
  expect((await sim.control('GET', '/faults')).body.faults).toEqual([]);
  expect((await sim.control('GET', '/requests')).body.operations).toEqual([]);
  expect((await sim.control('GET', '/settings')).body).toMatchObject({
    customerDelayMs: 500,
    customerMode: 'manual',
  });
});

test.each([
  ['PATCH', '/settings', { customerMode: 'sometimes' }, 'customerMode'],
  ['PATCH', '/settings', { stripeKeyLifetimeMs: -1 }, 'stripeKeyLifetimeMs'],
  ['PATCH', '/settings', { speed: 1 }, 'speed'],
  ['POST', '/clock', {}, 'advanceMs'],
  ['POST', '/reset', { seed: 'x' }, 'seed'],
  ['PUT', '/webhooks/stripe', { url: 'ftp://x', secret: 's' }, 'url'],
  ['PUT', '/webhooks/stripe', { url: 'http://x' }, 'secret'],
  ['PUT', '/webhooks/disorder', { drop: 2 }, 'drop'],
])('%s %s with %j is refused by its field', async (method, path, body, field) => {
  const answer = await sim.control(method, path, body);
  expect({ status: answer.status, field: answer.body.field }).toEqual({ status: 400, field });
});

test('a control that is none is answered with those that are', async () => {
  const { status, body } = await sim.control('GET', '/nothing');
  expect(status).toBe(404);
  expect(body.controls).toContain('GET /control/ledger: read the ledger');
});
