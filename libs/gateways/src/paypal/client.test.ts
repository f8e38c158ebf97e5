import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import type { PlannedCall } from '@payments/domain';
import { paypalWebhook } from '@payments/simulator';
import type { GatewayClient } from '../client/gateway-client.js';
import { gatewayErrorOf } from '../testing/conformance/gateway-error-of.js';
import { paypalSubject as subject } from '../testing/conformance/paypal-subject.js';
import { startProxy } from '../testing/conformance/proxy.js';
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

describe('an order at PayPal', () => {
  test('sends its payer to the approval page, and back to the shop', async () => {
    const made = payment();
    const answer = await made.send('create');
    const { gatewayObjectId: id } = answer;
    const order = gateways.simulator.paypal.orders.get(id);
    expect(order?.returnUrl).toBe('https://shop.example/return');
    expect(answer).toEqual({
      gatewayObjectId: id,
      objectIds: [],
      intentId: made.intentId,
      facts: [
        {
          kind: 'requires_action',
          provider: 'paypal',
          objectId: id,
          parentId: id,
          relatedIds: [],
          occurredAt: Math.floor((order?.createdMs ?? 0) / 1000) * 1000,
          nextAction: {
            type: 'redirect',
            url: `http://localhost:${new URL(gateways.base).port}/checkout/paypal/${id}`,
          },
        },
      ],
    });
  });

  test('yields the same facts for a capture as its webhook', async () => {
    const made = await payment().untilConfirmed();
    const order = gateways.simulator.paypal.orders.get(made.answers[0]?.gatewayObjectId ?? '');
    expect(made.answers[1]).toMatchObject({
      objectIds: [order?.captures[0]?.id],
      facts: [{ kind: 'captured', parentId: order?.id, amount: made.amount }],
    });
  });

  test('that was only approved does not prove a confirmation', async () => {
    const made = await payment().untilAgreed();
    const { gatewayObjectId } = made.answers[0] ?? { gatewayObjectId: '' };
    expect((await client.fetch(gatewayObjectId))?.facts).toMatchObject([{ kind: 'approved' }]);
    expect(await client.inquire(made.call('confirm'))).toBeNull();
  });

  test('without an authorization is canceled without a request', async () => {
    const made = payment('manual');
    const { gatewayObjectId } = await made.send('create');
    const call = made.call('cancel');
    expect(await client.send(call)).toEqual({ gatewayObjectId, objectIds: [], facts: [] });
    expect(gateways.countOf('paypal', 'authorizations.void').requests).toBe(0);
  });

  test('is only authorized by the confirmation of an intent with manual capture', async () => {
    const made = await payment('manual').untilAgreed();
    const answer = await made.send('confirm');
    expect(answer.facts).toMatchObject([{ kind: 'authorized' }]);
  });
});

describe('PayPal declines, and the payer', () => {
  test('may approve again, with another payment source', async () => {
    const made = await payment().untilAgreed();
    const id = made.answers[0]?.gatewayObjectId ?? '';
    gateways.strikeOnce('paypal', 'orders.capture', 'decline');
    const error = await gatewayErrorOf(made.send('confirm'));
    const nextAction = { type: 'redirect', url: expect.stringMatching(`/checkout/paypal/${id}$`) };
    const failure = { code: 'INSTRUMENT_DECLINED', message: expect.any(String) };
    expect(error).toMatchObject({ type: 'CARD_DECLINED', failure });
    expect(error.answer).toMatchObject({
      gatewayObjectId: id,
      facts: [{ kind: 'failed', retryable: true, objectId: id, parentId: id, failure, nextAction }],
    });
    await made.send('confirm');
  });

  test('has not approved: the approval link comes from the order', async () => {
    const made = payment();
    await made.send('create');
    const error = await gatewayErrorOf(made.send('confirm'));
    expect(error).toMatchObject({ type: 'CARD_DECLINED', failure: { code: 'ORDER_NOT_APPROVED' } });
    expect(error.answer?.facts).toMatchObject([{ retryable: true, nextAction: { type: 'redirect' } }]);
  });

  test('cannot act on the capture of an authorization: no further fact', async () => {
    const made = await payment('manual').untilConfirmed();
    gateways.strikeOnce('paypal', 'authorizations.capture', 'decline', {
      declineCode: 'TRANSACTION_REFUSED',
    });
    const error = await gatewayErrorOf(made.send('capture'));
    expect(error).toMatchObject({ type: 'CARD_DECLINED', failure: { code: 'TRANSACTION_REFUSED' } });
    expect(error.answer).toBeNull();
  });
});

describe('what was done before, under another key', () => {
  /** The same call, as if PayPal had forgotten its key. */
  const anew = (made: TestPayment, operation: PlannedCall['operation'], more: Partial<PlannedCall> = {}) =>
    client.send(made.call(operation, more));

  test('is the answer of a confirmation', async () => {
    const made = await payment().untilConfirmed();
    const answer = await anew(made, 'confirm');
    expect(answer.facts).toMatchObject([{ kind: 'captured', amount: made.amount }]);
    expect(await gateways.ledgerOf(made.intentId)).toMatchObject({ chargeCount: 1 });
  });

  test('is the answer of a capture of the same amount, and of no other', async () => {
    const made = await payment('manual').untilConfirmed();
    await made.send('capture');
    expect((await anew(made, 'capture')).facts).toContainEqual(expect.objectContaining({ kind: 'captured' }));
    const other = { amount: { amountMinor: 500n, currency: 'USD' } };
    const error = await gatewayErrorOf(anew(made, 'capture', other));
    expect(error).toMatchObject({
      type: 'INVALID_REQUEST',
      failure: { code: 'AUTHORIZATION_ALREADY_CAPTURED' },
    });
    expect(error.answer?.facts).toContainEqual(expect.objectContaining({ kind: 'captured' }));
  });

  test('is the answer of a cancellation', async () => {
    const made = await payment('manual').untilConfirmed();
    await made.send('cancel');
    expect((await anew(made, 'cancel')).facts).toMatchObject([{ kind: 'voided' }]);
  });

  test('is reported with the rejection: a cancellation of what was captured', async () => {
    const made = await payment('manual').untilConfirmed();
    await made.send('capture');
    const error = await gatewayErrorOf(made.send('cancel'));
    expect(error).toMatchObject({ type: 'INVALID_REQUEST', failure: { code: 'PREVIOUSLY_CAPTURED' } });
    expect(error.answer?.facts).toContainEqual(expect.objectContaining({ kind: 'captured' }));
  });

  test('is reported with the rejection: a capture of a voided authorization', async () => {
    const made = await payment('manual').untilConfirmed();
    await made.send('cancel');
    const error = await gatewayErrorOf(anew(made, 'capture'));
    expect(error.type).toBe('INVALID_REQUEST');
    expect(error.answer?.facts).toMatchObject([{ kind: 'voided' }]);
  });

  test('is an unknown outcome while the order cannot be read', async () => {
    const made = await payment().untilConfirmed();
    gateways.strikeOnce('paypal', 'orders.get', 'unavailable');
    const error = await gatewayErrorOf(anew(made, 'confirm'));
    expect(error).toMatchObject({ type: 'UNKNOWN_OUTCOME', failure: { code: 'ORDER_ALREADY_CAPTURED' } });
  });

  test('is found among the refunds of the capture by its attempt', async () => {
    const made = await payment().untilConfirmed();
    const amount = { amountMinor: 500n, currency: 'USD' };
    const calls = [1, 2, 3].map(() => made.call('refund', { amount }));
    for (const call of calls) await client.send(call);
    const found = await client.inquire(calls[1] ?? made.call('refund'));
    expect(found?.facts).toHaveLength(1);
    expect(found?.facts).toMatchObject([{ kind: 'refund', state: 'succeeded', amount }]);
    expect(await client.inquire(made.call('refund'))).toBeNull();
  });
});

test('an order that PayPal rejects as a duplicate of a paid one is rejected for good', async () => {
  const details = [{ issue: 'DUPLICATE_INVOICE_ID', description: 'Duplicate Invoice ID detected.' }];
  const proxy = await startProxy(gateways, (path) =>
    path === '/v2/checkout/orders'
      ? { status: 422, body: { name: 'UNPROCESSABLE_ENTITY', details } }
      : undefined,
  );
  try {
    const made = new TestPayment({ gateways, subject, client: gateways.client(subject, proxy.base) });
    const error = await gatewayErrorOf(made.send('create'));
    expect(error).toMatchObject({ type: 'INVALID_REQUEST', failure: { code: 'DUPLICATE_INVOICE_ID' } });
  } finally {
    await proxy.close();
  }
});

test('a payment without its order only proves that nothing was done with it', async () => {
  const made = await payment().untilConfirmed();
  const orderId = made.answers[0]?.gatewayObjectId;
  const gone = {
    status: 404,
    body: { name: 'RESOURCE_NOT_FOUND', details: [{ issue: 'INVALID_RESOURCE_ID' }] },
  };
  const proxy = await startProxy(gateways, (path) =>
    path === `/v2/checkout/orders/${orderId}` ? gone : undefined,
  );
  try {
    const late = gateways.client(subject, proxy.base);
    const call = made.call('refund', { amount: { amountMinor: 500n, currency: 'USD' } });
    expect(await late.inquire(call)).toBeNull();
    await client.send(call);
    const error = await gatewayErrorOf(late.inquire(call));
    expect(error).toMatchObject({ type: 'API_ERROR', failure: { code: 'order_gone' } });
  } finally {
    await proxy.close();
  }
});

test.each([
  ['APPROVED', null],
  ['COMPLETED', ['failed']],
])('a capture that failed of an order that is %s shows of a confirmation %j', async (status, kinds) => {
  const made = await payment().untilAgreed();
  const amount = { value: '19.99', currency_code: 'USD' };
  const failed = { id: 'CAP-1', status: 'DECLINED', amount, update_time: '2026-03-01T12:00:00Z' };
  const id = made.answers[0]?.gatewayObjectId;
  const body = { id, status, purchase_units: [{ payments: { captures: [failed] } }] };
  const proxy = await startProxy(gateways, (path) =>
    path === `/v2/checkout/orders/${id}` ? { status: 200, body } : undefined,
  );
  try {
    const shown = await gateways.client(subject, proxy.base).inquire(made.call('confirm'));
    expect(shown?.facts.map(({ kind }) => kind) ?? null).toEqual(kinds);
  } finally {
    await proxy.close();
  }
});

test.each(['ORDER_COMPLETION_IN_PROGRESS', 'PREVIOUS_REQUEST_IN_PROGRESS'])(
  'a refusal because a capture is under way proves nothing: %s',
  async (issue) => {
    const made = await payment().untilAgreed();
    const proxy = await startProxy(gateways, (path) =>
      path.endsWith('/capture')
        ? { status: 422, body: { name: 'UNPROCESSABLE_ENTITY', details: [{ issue }] } }
        : undefined,
    );
    try {
      const error = await gatewayErrorOf(gateways.client(subject, proxy.base).send(made.call('confirm')));
      expect(error.isProvablyNotExecuted).toBe(false);
    } finally {
      await proxy.close();
    }
  },
);

test('a dispute is fetched with the payment that it is about', async () => {
  const made = await payment().untilConfirmed();
  const captureId = made.answers[1]?.facts[0]?.objectId ?? '';
  const { body } = paypalWebhook({
    type: 'CUSTOMER.DISPUTE.RESOLVED',
    disputeId: 'PP-D-7',
    captureId,
    amount: 1999,
    disputeOutcome: 'RESOLVED_SELLER_FAVOUR',
  });
  const { resource } = JSON.parse(body.toString('utf8'));
  const proxy = await startProxy(gateways, (path) =>
    path === '/v1/customer/disputes/PP-D-7' ? { status: 200, body: resource } : undefined,
  );
  try {
    const fetched = await gateways.client(subject, proxy.base).fetch('PP-D-7');
    expect(fetched).toMatchObject({
      gatewayObjectId: made.answers[0]?.gatewayObjectId,
      objectIds: ['PP-D-7', captureId],
      intentId: made.intentId,
      facts: [
        { kind: 'captured' },
        { kind: 'dispute', objectId: 'PP-D-7', parentId: captureId, state: 'won' },
      ],
    });
  } finally {
    await proxy.close();
  }
});
