import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { orderRequest, paypalOrders, refused, usd } from '../testing/paypal-orders.js';
import { startTestSimulator, type TestSimulator } from '../testing/test-simulator.js';

let sim: TestSimulator;
const { approved, captured } = paypalOrders(() => sim);
beforeAll(async () => {
  sim = await startTestSimulator({ paypalReportingLagMs: 0 });
});
beforeEach(() => sim.simulator.reset());
afterAll(() => sim.close());

describe("PayPal's request ids", () => {
  const created = async (paypalRequestId: string, value = '5.00') =>
    (await sim.paypal.orders.createOrder({ body: orderRequest(value, 'USD'), paypalRequestId })).result.id;

  test('give the first answer again for six hours, of orders', async () => {
    const first = await created('request-1');
    expect(await created('request-1')).toBe(first);
    await sim.control('POST', '/clock', { advanceMs: 6 * 3_600_000 });
    expect(await created('request-1')).not.toBe(first);
  });

  test('give the first refund again for forty-five days', async () => {
    const captureId = await captured();
    const refund = async () => {
      const answer = await sim.paypal.payments.refundCapturedPayment({
        captureId,
        paypalRequestId: 'refund-1',
        body: { amount: usd('5.00') },
      });
      return answer.result.id;
    };
    const first = await refund();
    await sim.control('PATCH', '/settings', { paypalOrderKeyLifetimeMs: 0 });
    expect(await refund()).toBe(first);
    expect((await sim.paypal.payments.getCapturedPayment({ captureId })).result.status).toBe(
      'PARTIALLY_REFUNDED',
    );
    await sim.control('POST', '/clock', { advanceMs: 45 * 24 * 3_600_000 });
    expect((await ledgerOfIntent()).refundCount).toBe(1);
    expect(await refund()).not.toBe(first);
    expect((await ledgerOfIntent()).refundCount).toBe(2);
  });

  test('are refused with another request, and while the first is under way', async () => {
    await created('request-1');
    await expect(created('request-1', '6.00')).rejects.toMatchObject(
      refused('PAYPAL_REQUEST_ID_PREVIOUSLY_USED'),
    );
    await sim.control('POST', '/faults', {
      provider: 'paypal',
      operation: 'orders.create',
      kind: 'slow',
      nth: 1,
      delayMs: 60_000,
    });
    const before = (await sim.requests('orders.create')).requests;
    const first = created('request-2');
    await sim.until(async () => (await sim.requests('orders.create')).requests === before + 1);
    await expect(created('request-2')).rejects.toMatchObject({ statusCode: 409 });
    await sim.control('POST', '/clock', { advanceMs: 60_000 });
    expect(await created('request-2')).toBe(await first);
  });

  test('keep what was done behind a 500, and not the 500', async () => {
    const id = await approved();
    await sim.control('POST', '/faults', {
      provider: 'paypal',
      operation: 'orders.capture',
      kind: 'server_error_after',
      nth: 1,
    });
    const capture = () => sim.paypal.orders.captureOrder({ id, paypalRequestId: 'capture-1' });
    await expect(capture()).rejects.toMatchObject({ statusCode: 500 });
    expect((await capture()).result.status).toBe('COMPLETED');
    expect((await ledgerOfIntent()).chargeCount).toBe(1);
  });
});

async function ledgerOfIntent() {
  const { body } = await sim.control('GET', '/ledger?intentId=intent-1');
  return (
    (body.payments as unknown as { chargeCount: number; refundCount: number }[])[0] ?? {
      chargeCount: 0,
      refundCount: 0,
    }
  );
}

describe("PayPal's transaction search", () => {
  const search = async (startMs: number, endMs: number) => {
    const [startDate, endDate] = [new Date(startMs).toISOString(), new Date(endMs).toISOString()];
    return (await sim.paypal.transactions.searchTransactions({ startDate, endDate })).result;
  };

  test('shows captures and refunds after its lag', async () => {
    await sim.control('PATCH', '/settings', { paypalReportingLagMs: 3 * 3_600_000 });
    const captureId = await captured();
    await sim.paypal.payments.refundCapturedPayment({ captureId, body: { amount: usd('5.00') } });
    const now = Date.now();
    const ofToday = () => search(now - 3_600_000, now + 3_600_000);
    expect((await ofToday()).totalItems).toBe(0);
    await sim.control('POST', '/clock', { advanceMs: 3 * 3_600_000 });
    expect((await ofToday()).transactionDetails).toMatchObject([
      {
        transactionInfo: {
          transactionId: captureId,
          transactionAmount: usd('19.99'),
          customField: 'intent-1',
        },
      },
      { transactionInfo: { paypalReferenceId: captureId, transactionAmount: usd('-5.00') } },
    ]);
  });

  test('takes at most 31 days', async () => {
    const now = Date.now();
    await expect(search(now - 32 * 24 * 3_600_000, now)).rejects.toMatchObject({ statusCode: 400 });
  });
});
