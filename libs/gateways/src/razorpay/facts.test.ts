import { describe, expect, test } from '@jest/globals';
import { intentIdOf } from '@payments/domain';
import { readWebhook } from '../read-webhook.js';
import { factOf, json, reasonOf } from '../testing/bodies.js';

const CREATED = 1_764_000_000;

function event(type: string, entities: Readonly<Record<string, object>>) {
  const payload = Object.fromEntries(Object.entries(entities).map(([name, entity]) => [name, { entity }]));
  return { entity: 'event', event: type, payload, created_at: CREATED };
}

function payment(status: string, more: object = {}) {
  return { id: 'pay_1', order_id: 'order_1', amount: 49_900, currency: 'INR', status, ...more };
}

const AMOUNT = { amountMinor: 49_900n, currency: 'INR' };
const ORIGIN = {
  provider: 'razorpay',
  objectId: 'pay_1',
  relatedIds: ['order_1'],
  parentId: 'order_1',
  occurredAt: CREATED * 1000,
};

describe('a payment', () => {
  test.each([
    ['payment.authorized', 'authorized', 'authorized'],
    ['payment.authorized', 'captured', 'captured'],
    ['payment.captured', 'captured', 'captured'],
    ['payment.captured', 'refunded', 'captured'],
  ])('%s that is %s is %s', (type, status, kind) => {
    expect(factOf('razorpay', event(type, { payment: payment(status) }))).toEqual({
      ...ORIGIN,
      kind,
      amount: AMOUNT,
    });
  });

  test('of a paid order is captured, and the order is only a related id', () => {
    const paid = event('order.paid', {
      order: { id: 'order_1', amount: 1, currency: 'INR', status: 'paid' },
      payment: payment('captured'),
    });
    expect(factOf('razorpay', paid)).toEqual({ ...ORIGIN, kind: 'captured', amount: AMOUNT });
  });

  test('that failed may be tried again within its order, and not without one', () => {
    const why = { error_code: 'BAD_REQUEST_ERROR', error_reason: 'payment_failed', error_description: 'No.' };
    const attempt = { objectId: 'pay_1', amount: AMOUNT };
    const failure = { code: 'payment_failed', message: 'No.' };
    const failed = (more: object) =>
      factOf('razorpay', event('payment.failed', { payment: payment('failed', { ...why, ...more }) }));
    expect(failed({})).toEqual({ ...ORIGIN, kind: 'failed', retryable: true, failure, payment: attempt });
    expect(failed({ order_id: null })).toMatchObject({ kind: 'failed', retryable: false, relatedIds: [] });
  });
});

describe('a payment that was never captured and is refunded', () => {
  const given = payment('refunded', { captured: false });
  const voided = { ...ORIGIN, kind: 'voided', amount: AMOUNT };

  test('is voided', () => {
    expect(factOf('razorpay', event('payment.authorized', { payment: given }))).toEqual(voided);
  });

  test.each(['pending', 'processed'])('is voided too if its refund reports it, which is %s', (status) => {
    const refund = { id: 'rfnd_1', payment_id: 'pay_1', amount: 49_900, currency: 'INR', status };
    expect(factOf('razorpay', event('refund.created', { refund, payment: given }))).toEqual({
      ...voided,
      relatedIds: ['rfnd_1', 'order_1'],
    });
  });

  test('yields no fact if the refund fails', () => {
    const refund = { id: 'rfnd_1', payment_id: 'pay_1', amount: 49_900, currency: 'INR', status: 'failed' };
    expect(factOf('razorpay', event('refund.failed', { refund, payment: given }))).toBeUndefined();
  });
});

test.each([
  ['refund.created', 'pending', 'pending'],
  ['refund.created', 'processed', 'succeeded'],
  ['refund.processed', 'processed', 'succeeded'],
  ['refund.failed', 'failed', 'failed'],
])('%s that is %s is a refund %s', (type, status, state) => {
  const refund = { id: 'rfnd_1', payment_id: 'pay_1', amount: 500, currency: 'INR', status };
  const said = event(type, { refund, payment: payment('captured') });
  expect(factOf('razorpay', said)).toMatchObject({
    ...ORIGIN,
    kind: 'refund',
    objectId: 'rfnd_1',
    relatedIds: ['pay_1', 'order_1'],
    parentId: 'pay_1',
    state,
    amount: { amountMinor: 500n, currency: 'INR' },
  });
});

test.each([
  ['open', 'opened'],
  ['under_review', 'under_review'],
  ['won', 'won'],
  ['lost', 'lost'],
  ['closed', 'closed'],
])('a dispute %s is %s, whatever the event is called', (status, state) => {
  const dispute = { id: 'disp_1', payment_id: 'pay_1', amount: 500, currency: 'INR', status };
  for (const name of ['created', 'action_required', 'under_review', 'won', 'lost', 'closed']) {
    expect(factOf('razorpay', event(`payment.dispute.${name}`, { dispute }))).toEqual({
      ...ORIGIN,
      kind: 'dispute',
      objectId: 'disp_1',
      relatedIds: ['pay_1'],
      parentId: 'pay_1',
      state,
      amount: { amountMinor: 500n, currency: 'INR' },
    });
  }
});

test.each([
  [295, 'JPY', 295n],
  [295_990, 'KWD', 295_990n],
  [500, 'ISK', 500n],
])('%i sub-units of %s are %i minor units', (amount, currency, amountMinor) => {
  const captured = event('payment.captured', { payment: payment('captured', { amount, currency }) });
  expect(factOf('razorpay', captured)).toMatchObject({ amount: { amountMinor, currency } });
});

test.each([
  ['payment.status is no status', event('payment.captured', {})],
  ['payment.status is a status that we do not know', event('order.paid', { payment: payment('odd') })],
  ['payment.id is missing', event('order.paid', { payment: payment('captured', { id: null }) })],
  ['payment.amount is no integer', event('order.paid', { payment: payment('captured', { amount: 1.5 }) })],
  ['payment.amount is not positive', event('order.paid', { payment: payment('captured', { amount: -5 }) })],
  [
    'payment.currency is no currency that we know',
    event('order.paid', { payment: payment('captured', { currency: 'inr' }) }),
  ],
  [
    'created_at is no time',
    { ...event('order.paid', { payment: payment('captured') }), created_at: 'yesterday' },
  ],
])('what cannot be used is refused by name: %s', (reason, said) => {
  expect(reasonOf('razorpay', said)).toBe(reason);
});

test("our intent id is taken from the notes, or from the order's receipt", () => {
  const ours = intentIdOf('order-1', 'razorpay');
  const read = (entities: Readonly<Record<string, object>>) =>
    readWebhook('razorpay', json(event('order.paid', { payment: payment('captured'), ...entities })))
      .intentId;
  expect(read({ payment: payment('captured', { notes: { intentId: ours } }) })).toBe(ours);
  expect(read({ order: { id: 'order_1', notes: [], receipt: ours } })).toBe(ours);
  expect(read({ order: { id: 'order_1', notes: [], receipt: 'receipt-7' } })).toBeUndefined();
});
