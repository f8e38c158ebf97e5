import { createHmac } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import Razorpay from 'razorpay';
import {
  axiosOf,
  KEY_SECRET,
  razorpayClient,
  startTestSimulator,
  type TestSimulator,
} from '../testing/test-simulator.js';

let sim: TestSimulator;
beforeAll(async () => {
  sim = await startTestSimulator();
});
beforeEach(() => sim.simulator.reset());
afterAll(() => sim.close());

const create = (more: object = {}) =>
  sim.razorpay.orders.create({
    amount: 49_900,
    currency: 'INR',
    receipt: 'intent-1',
    notes: { intentId: 'intent-1' },
    ...more,
  });

async function paidOrder(more: object = {}) {
  const order = await create(more);
  await sim.control('POST', `/customers/razorpay/${order.id}`, { act: 'agree' });
  const { items } = await sim.razorpay.orders.fetchPayments(order.id);
  const [payment] = items;
  if (payment === undefined) throw new Error('the customer did not pay');
  return { order, payment };
}

const capturedPayment = async () => {
  const { payment } = await paidOrder();
  return sim.razorpay.payments.capture(payment.id, 49_900, 'INR');
};

const refused = (description: RegExp) => ({
  statusCode: 400,
  error: { code: 'BAD_REQUEST_ERROR', description: expect.stringMatching(description) },
});

describe("an order's life through Razorpay's SDK", () => {
  test('created, paid, captured, and refunded in two parts', async () => {
    const { order, payment } = await paidOrder();
    expect(payment).toMatchObject({
      status: 'authorized',
      captured: false,
      order_id: order.id,
      notes: { intentId: 'intent-1' },
    });
    const captured = await sim.razorpay.payments.capture(payment.id, 49_900, 'INR');
    expect(captured).toMatchObject({ status: 'captured', captured: true, amount: 49_900 });
    expect(await sim.razorpay.orders.fetch(order.id)).toMatchObject({
      status: 'paid',
      amount_paid: 49_900,
      amount_due: 0,
    });

    const first = await sim.razorpay.payments.refund(payment.id, { amount: 10_000, notes: { why: 'x' } });
    expect(first).toMatchObject({
      status: 'processed',
      amount: 10_000,
      payment_id: payment.id,
      notes: { why: 'x' },
    });
    expect(await sim.razorpay.payments.fetch(payment.id)).toMatchObject({
      status: 'captured',
      refund_status: 'partial',
    });
    await sim.razorpay.payments.refund(payment.id, {});
    expect(await sim.razorpay.payments.fetch(payment.id)).toMatchObject({
      status: 'refunded',
      refund_status: 'full',
      amount_refunded: 49_900,
    });
    expect(await sim.razorpay.refunds.fetch(first.id)).toMatchObject({ amount: 10_000 });
    expect((await sim.razorpay.payments.fetchMultipleRefund(payment.id, {})).count).toBe(2);
  });

  test('captured at once, where the order says so', async () => {
    const { order, payment } = await paidOrder({ payment_capture: true });
    expect(payment.status).toBe('captured');
    expect((await sim.razorpay.orders.fetch(order.id)).status).toBe('paid');
  });

  test('tried again after a payment that failed', async () => {
    const { id } = await create();
    await sim.control('POST', `/customers/razorpay/${id}`, {
      act: 'refuse',
      declineCode: 'insufficient_funds',
    });
    await sim.control('POST', `/customers/razorpay/${id}`, { act: 'agree' });
    const { items } = await sim.razorpay.orders.fetchPayments(id);
    expect(items).toMatchObject([
      { status: 'authorized' },
      { status: 'failed', error_code: 'BAD_REQUEST_ERROR', error_reason: 'insufficient_funds' },
    ]);
    expect((await sim.razorpay.orders.fetch(id)).attempts).toBe(2);
  });

  test("signed at the checkout with the account's secret", async () => {
    const { order, payment } = await paidOrder();
    const { body } = await sim.control('GET', `/checkouts/${order.id}`);
    const signature = createHmac('sha256', KEY_SECRET).update(`${order.id}|${payment.id}`).digest('hex');
    expect(body).toEqual({
      razorpay_order_id: order.id,
      razorpay_payment_id: payment.id,
      razorpay_signature: signature,
    });
    expect(Razorpay.validateWebhookSignature(`${order.id}|${payment.id}`, signature, KEY_SECRET)).toBe(true);
  });

  test('given back by itself when nobody captures it', async () => {
    const { order, payment } = await paidOrder();
    await sim.control('POST', '/clock', { advanceMs: 5 * 24 * 3_600_000 });
    expect(await sim.razorpay.payments.fetch(payment.id)).toMatchObject({
      status: 'refunded',
      captured: false,
    });
    const { body } = await sim.control('GET', '/ledger');
    expect(body.payments).toMatchObject([
      { chargeCount: 0, refundCount: 0, objects: [{ objectId: order.id }] },
    ]);
  });

  test('found by its receipt', async () => {
    const { id } = await create({ receipt: 'wanted' });
    await create();
    const found = await sim.razorpay.orders.all({ receipt: 'wanted' });
    expect(found.items.map((order) => order.id)).toEqual([id]);
  });
});

describe('Razorpay refuses', () => {
  test('to capture a part, another currency, twice, or what failed', async () => {
    const { payment } = await paidOrder();
    const capture = (amount: number, currency = 'INR') =>
      sim.razorpay.payments.capture(payment.id, amount, currency);
    await expect(capture(10_000)).rejects.toMatchObject(refused(/equal to the amount authorized/));
    await expect(capture(49_900, 'USD')).rejects.toMatchObject(refused(/currency/));
    await capture(49_900);
    await expect(capture(49_900)).rejects.toMatchObject(refused(/already been captured/));
    const { id } = await create();
    await sim.control('POST', `/customers/razorpay/${id}`, { act: 'refuse' });
    const [failed] = (await sim.razorpay.orders.fetchPayments(id)).items;
    await expect(sim.razorpay.payments.capture(failed?.id ?? '', 49_900, 'INR')).rejects.toMatchObject(
      refused(/Only payments which have been authorized/),
    );
  });

  test('to refund more than was captured, twice the whole, or what was not captured', async () => {
    const { payment } = await paidOrder();
    const refund = (amount: number) => sim.razorpay.payments.refund(payment.id, { amount });
    await expect(refund(100)).rejects.toMatchObject(refused(/should be captured/));
    await sim.razorpay.payments.capture(payment.id, 49_900, 'INR');
    await expect(refund(50_000)).rejects.toMatchObject(refused(/greater than/));
    await refund(49_900);
    await expect(refund(1)).rejects.toMatchObject(refused(/fully refunded/));
  });

  test('what it does not know', async () => {
    await expect(sim.razorpay.orders.fetch('order_none')).rejects.toMatchObject(refused(/does not exist/));
    await expect(sim.razorpay.payments.fetch('pay_none')).rejects.toMatchObject(refused(/does not exist/));
    await expect(sim.razorpay.refunds.fetch('rfnd_none')).rejects.toMatchObject(refused(/does not exist/));
  });

  test.each([
    [{ amount: 99 }, 'amount'],
    [{ amount: 1.5 }, 'amount'],
    [{ currency: 'XXX' }, 'currency'],
    [{ receipt: 'x'.repeat(41) }, 'receipt'],
    [{ notes: Object.fromEntries(Array.from({ length: 16 }, (_, index) => [`n${index}`, 'x'])) }, 'notes'],
    [{ ammount: 5 }, 'ammount'],
  ])('an order with %j', async (fields, field) => {
    await expect(create(fields)).rejects.toMatchObject({ statusCode: 400, error: { field } });
  });

  test('credentials that are none', async () => {
    const stranger = new Razorpay({ key_id: 'somebody', key_secret: 'else' });
    axiosOf(stranger).defaults.baseURL = `${sim.server.url}/razorpay`;
    await expect(stranger.orders.all()).rejects.toMatchObject({ statusCode: 401 });
  });
});

describe("Razorpay's idempotency of refunds", () => {
  const refundWith = (key: string, amount = 100) => {
    const client = razorpayClient(sim.server.port);
    axiosOf(client).defaults.headers.common['X-Refund-Idempotency'] = key;
    return (paymentId: string) => client.payments.refund(paymentId, { amount });
  };

  test('gives the first refund again, until the key is forgotten', async () => {
    const { id } = await capturedPayment();
    const refund = refundWith('refund-key-1');
    const first = await refund(id);
    expect((await refund(id)).id).toBe(first.id);
    await expect(refundWith('refund-key-1', 200)(id)).rejects.toMatchObject(
      refused(/Different request body/),
    );
    await sim.control('PATCH', '/settings', { razorpayRefundKeyLifetimeMs: 5000 });
    const second = await refundWith('refund-key-2')(id);
    await sim.control('POST', '/clock', { advanceMs: 5000 });
    expect((await refundWith('refund-key-2')(id)).id).not.toBe(second.id);
  });

  test('refuses a key of less than ten characters', async () => {
    const { id } = await capturedPayment();
    await expect(refundWith('short')(id)).rejects.toMatchObject(refused(/10 to 255 characters/));
  });

  test('refuses a key whose first refund is under way', async () => {
    const { id } = await capturedPayment();
    await sim.control('POST', '/faults', {
      provider: 'razorpay',
      operation: 'payments.refund',
      kind: 'slow',
      nth: 1,
      delayMs: 60_000,
    });
    const refund = refundWith('refund-key-1');
    const first = refund(id);
    await sim.until(async () => (await sim.requests('payments.refund')).requests === 1);
    await expect(refund(id)).rejects.toMatchObject({ statusCode: 409 });
    await sim.control('POST', '/clock', { advanceMs: 60_000 });
    expect((await refund(id)).id).toBe((await first).id);
  });
});
