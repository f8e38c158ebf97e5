import { createHmac } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import type { GatewayClient } from '../client/gateway-client.js';
import { gatewayErrorOf } from '../testing/conformance/gateway-error-of.js';
import { startProxy } from '../testing/conformance/proxy.js';
import { razorpaySubject as subject } from '../testing/conformance/razorpay-subject.js';
import { TestGateways } from '../testing/conformance/test-gateways.js';
import { TestPayment } from '../testing/conformance/test-payment.js';

let gateways: TestGateways;
let client: GatewayClient;
beforeAll(async () => {
  gateways = await TestGateways.start();
});
beforeEach(async () => {
  await gateways.reset();
  client = gateways.client(subject);
});
afterAll(() => gateways.close());

const payment = (captureMethod: 'automatic' | 'manual' = 'automatic') =>
  new TestPayment({ gateways, subject, client, captureMethod });
const orderOf = (made: TestPayment) =>
  gateways.simulator.razorpay.orders.get(made.answers[0]?.gatewayObjectId ?? '');
const signed = (text: string) => createHmac('sha256', 'conformance-secret').update(text).digest('hex');

describe('an order at Razorpay', () => {
  test('opens the checkout, under our ids', async () => {
    const made = payment();
    const answer = await made.send('create');
    const order = orderOf(made);
    expect(order).toMatchObject({
      receipt: made.intentId,
      notes: { intentId: made.intentId },
      isCapturedAtOnce: true,
    });
    expect(answer.facts).toEqual([
      {
        kind: 'requires_payment_method',
        provider: 'razorpay',
        objectId: order?.id,
        parentId: order?.id,
        relatedIds: [],
        occurredAt: (order?.createdS ?? 0) * 1000,
        nextAction: {
          type: 'razorpay_checkout',
          keyId: 'rzp_test_conformance',
          orderId: order?.id,
          amount: 1999,
          currency: 'INR',
        },
      },
    ]);
  });

  test('is captured by a call if the capture method is manual', async () => {
    const made = payment('manual');
    await made.send('create');
    expect(orderOf(made)?.isCapturedAtOnce).toBe(false);
  });

  test('is found, among several of one intent, by the attempt that made it', async () => {
    const made = payment();
    const calls = [made.call('create'), made.call('create')];
    const ids: string[] = [];
    for (const call of calls) ids.push((await client.send(call)).gatewayObjectId);
    for (const [index, call] of calls.entries()) {
      expect((await client.inquire(call))?.gatewayObjectId).toBe(ids[index]);
    }
    expect(await client.inquire(made.call('create'))).toBeNull();
  });
});

describe("a confirmation with the result of Razorpay's checkout", () => {
  test('with a signature that does not match makes no request', async () => {
    const made = await payment().untilAgreed();
    for (const gatewaySignature of [null, '', signed('another order|payment'), 'ß'.repeat(32)]) {
      const error = await gatewayErrorOf(made.send('confirm', { gatewaySignature }));
      expect(error).toMatchObject({
        type: 'INVALID_REQUEST',
        failure: { code: 'checkout_signature_invalid' },
      });
    }
    expect(await client.inquire(made.call('confirm', { gatewaySignature: null }))).toBeNull();
    expect(gateways.countOf('razorpay', 'payments.fetch').requests).toBe(0);
  });

  test('of a payment of another order is refused, however it is signed', async () => {
    const [made, other] = [await payment().untilAgreed(), await payment().untilAgreed()];
    const targetId = orderOf(other)?.payments[0]?.id ?? '';
    const gatewaySignature = signed(`${orderOf(made)?.id}|${targetId}`);
    const error = await gatewayErrorOf(made.send('confirm', { targetId, gatewaySignature }));
    expect(error).toMatchObject({ type: 'INVALID_REQUEST', failure: { code: 'payment_of_other_order' } });
  });

  test('of a failed payment has the failure, and the order can still be paid', async () => {
    const made = payment();
    await made.send('create');
    const order = orderOf(made);
    gateways.simulator.customer.act('razorpay', order?.id ?? '', { decline: 'insufficient_funds' });
    const targetId = order?.payments[0]?.id ?? '';
    const answer = await made.send('confirm', {
      targetId,
      gatewaySignature: signed(`${order?.id}|${targetId}`),
    });
    expect(answer.facts).toMatchObject([
      {
        kind: 'failed',
        retryable: true,
        failure: { code: 'insufficient_funds' },
        payment: { objectId: targetId },
      },
    ]);
  });

  test('can be repeated, and never has an unknown outcome', async () => {
    const made = await payment('manual').untilAgreed();
    gateways.strikeOnce('razorpay', 'payments.fetch', 'drop_reply');
    const error = await gatewayErrorOf(made.send('confirm'));
    expect(error).toMatchObject({ type: 'API_ERROR', failure: { code: 'connection_lost' } });
    expect(error.isProvablyNotExecuted).toBe(true);
    const call = made.call('confirm');
    expect((await client.inquire(call))?.facts).toMatchObject([{ kind: 'authorized' }]);
    expect((await client.send(call)).facts).toMatchObject([{ kind: 'authorized' }]);
  });
});

test('if a capture was executed before, the payment is the answer', async () => {
  const made = await payment('manual').untilConfirmed();
  await made.send('capture');
  expect((await client.send(made.call('capture'))).facts).toMatchObject([
    { kind: 'captured', amount: made.amount },
  ]);
  expect(await gateways.ledgerOf(made.intentId)).toMatchObject({ chargeCount: 1 });
});

test('a cancellation makes no request', async () => {
  const made = await payment('manual').untilConfirmed();
  const before = gateways.simulator.counts.list();
  expect(await client.send(made.call('cancel'))).toMatchObject({ facts: [] });
  expect(gateways.simulator.counts.list()).toEqual(before);
});

test('concurrent refunds are sent with their own keys', async () => {
  const made = await payment().untilConfirmed();
  const amount = { amountMinor: 100n, currency: 'INR' };
  const calls = Array.from({ length: 8 }, () => made.call('refund', { amount }));
  const idOf = async (call: (typeof calls)[number]) => (await client.send(call)).facts[0]?.objectId;
  const first = await Promise.all(calls.map(idOf));
  expect(new Set(first).size).toBe(calls.length);
  expect(await Promise.all(calls.map(idOf))).toEqual(first);
  expect(await gateways.ledgerOf(made.intentId)).toMatchObject({ refundCount: 8, refunded: 800 });
});

test('a key that was used for another refund is a conflict', async () => {
  const made = await payment().untilConfirmed();
  const call = made.call('refund', { amount: { amountMinor: 100n, currency: 'INR' } });
  await client.send(call);
  const other = { ...call, amount: { amountMinor: 200n, currency: 'INR' } };
  expect((await gatewayErrorOf(client.send(other))).type).toBe('IDEMPOTENCY_CONFLICT');
});

test('a payment that was not captured in time is voided', async () => {
  const made = await payment('manual').untilConfirmed();
  gateways.simulator.clock.advance(5 * 24 * 3_600_000);
  const fetched = await client.fetch(made.answers[0]?.gatewayObjectId ?? '');
  expect(made.decided([...made.facts, ...(fetched?.facts ?? [])])).toMatchObject({
    status: 'CANCELED',
    amountCaptured: 0n,
  });
  expect(await client.inquire(made.call('capture'))).toBeNull();
});

test.each([
  ['BAD_REQUEST_ERROR', true],
  ['GATEWAY_ERROR', false],
  ['SERVER_ERROR', false],
  ['BAD_GATEWAY', false],
])('a refusal with %s proves that nothing was done: %p', async (code, isProvablyNotExecuted) => {
  const made = await payment('manual').untilConfirmed();
  const proxy = await startProxy(gateways, (path) =>
    path.endsWith('/capture') ? { status: 400, body: { error: { code, description: 'No.' } } } : undefined,
  );
  try {
    const error = await gatewayErrorOf(gateways.client(subject, proxy.base).send(made.call('capture')));
    expect(error.isProvablyNotExecuted).toBe(isProvablyNotExecuted);
  } finally {
    await proxy.close();
  }
});
