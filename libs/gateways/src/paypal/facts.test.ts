import { describe, expect, test } from '@jest/globals';
import { intentIdOf } from '@payments/domain';
import { readWebhook } from '../read-webhook.js';
import { factOf, json, reasonOf } from '../testing/bodies.js';

const EVENT_TIME = '2026-03-01T12:00:05Z';
const UPDATED = '2026-03-01T12:00:00Z';

function event(event_type: string, resource: object) {
  return { id: 'WH-1', event_type, create_time: EVENT_TIME, resource };
}

const USD = { currency_code: 'USD', value: '19.99' };
const AMOUNT = { amountMinor: 1999n, currency: 'USD' };
const ORIGIN = { provider: 'paypal', occurredAt: Date.parse(UPDATED) };

function capture(status: string, more: object = {}) {
  const supplementary_data = { related_ids: { order_id: 'ORD', authorization_id: 'AUTH' } };
  return { id: 'CAP', status, amount: USD, supplementary_data, update_time: UPDATED, ...more };
}

function sale(state: string, more: object = {}) {
  const amount = { total: '19.99', currency: 'USD' };
  return { id: 'SALE', state, amount, parent_payment: 'PAY-1', update_time: UPDATED, ...more };
}

describe('a capture or sale', () => {
  test.each(['COMPLETED', 'REFUNDED', 'PARTIALLY_REFUNDED'])('%s is captured', (status) => {
    expect(factOf('paypal', event('PAYMENT.CAPTURE.COMPLETED', capture(status)))).toEqual({
      ...ORIGIN,
      kind: 'captured',
      objectId: 'CAP',
      relatedIds: ['AUTH', 'ORD'],
      parentId: 'ORD',
      amount: AMOUNT,
    });
    expect(factOf('paypal', event('PAYMENT.SALE.COMPLETED', sale(status.toLowerCase())))).toEqual({
      ...ORIGIN,
      kind: 'captured',
      objectId: 'SALE',
      relatedIds: ['PAY-1'],
      parentId: 'PAY-1',
      amount: AMOUNT,
    });
  });

  test('pending is processing, as an attempt of its own', () => {
    expect(factOf('paypal', event('PAYMENT.CAPTURE.PENDING', capture('PENDING')))).toEqual({
      ...ORIGIN,
      kind: 'processing',
      objectId: 'CAP',
      relatedIds: ['AUTH', 'ORD'],
      parentId: 'ORD',
      payment: { objectId: 'CAP', amount: AMOUNT },
    });
  });

  test.each([
    ['PAYMENT.CAPTURE.DENIED', capture('DECLINED', { status_details: { reason: 'REFUSED' } }), 'REFUSED'],
    ['PAYMENT.CAPTURE.DECLINED', capture('FAILED'), 'FAILED'],
    ['PAYMENT.SALE.DENIED', sale('denied', { reason_code: 'ECHECK' }), 'ECHECK'],
  ])('%s has failed for good', (type, resource, code) => {
    expect(factOf('paypal', event(type, resource))).toMatchObject({
      kind: 'failed',
      retryable: false,
      failure: { code, message: null },
      payment: { objectId: resource.id, amount: AMOUNT },
    });
  });
});

describe('an authorization', () => {
  test.each([
    ['CREATED', 'authorized'],
    ['CAPTURED', 'authorized'],
    ['PARTIALLY_CAPTURED', 'authorized'],
    ['VOIDED', 'voided'],
    ['EXPIRED', 'voided'],
  ])('%s is %s', (status, kind) => {
    const supplementary_data = { related_ids: { order_id: 'ORD' } };
    const authorization = { id: 'AUTH', status, amount: USD, supplementary_data, update_time: UPDATED };
    for (const type of ['PAYMENT.AUTHORIZATION.CREATED', 'PAYMENT.AUTHORIZATION.VOIDED']) {
      expect(factOf('paypal', event(type, authorization))).toEqual({
        ...ORIGIN,
        kind,
        objectId: 'AUTH',
        relatedIds: ['ORD'],
        parentId: 'ORD',
        amount: AMOUNT,
      });
    }
  });

  test.each([
    ['PENDING', 'processing'],
    ['DENIED', 'failed'],
  ])('%s is %s, as an attempt of its own to hold money', (status, kind) => {
    const authorization = { id: 'AUTH', status, amount: USD, update_time: UPDATED };
    expect(factOf('paypal', event('PAYMENT.AUTHORIZATION.CREATED', authorization))).toMatchObject({
      kind,
      payment: { type: 'AUTHORIZATION', objectId: 'AUTH', amount: AMOUNT },
    });
  });

  test('of a v1 capture is found in its link', () => {
    const href = 'https://api.paypal.com/v1/payments/authorization/AUTH';
    const captured = event(
      'PAYMENT.CAPTURE.COMPLETED',
      sale('completed', { links: [{ rel: 'authorization', href }] }),
    );
    expect(factOf('paypal', captured)?.relatedIds).toEqual(['AUTH', 'PAY-1']);
  });
});

describe('an order', () => {
  const order = (status: string, more: object = {}) => ({ id: 'ORD', status, update_time: UPDATED, ...more });

  test.each([
    ['APPROVED', { kind: 'approved' }],
    ['VOIDED', { kind: 'canceled' }],
    ['DECLINED', { kind: 'failed', retryable: false, failure: { code: 'DECLINED', message: null } }],
  ])('%s is %o', (status, said) => {
    expect(factOf('paypal', event('CHECKOUT.ORDER.APPROVED', order(status)))).toEqual({
      ...ORIGIN,
      objectId: 'ORD',
      relatedIds: [],
      parentId: 'ORD',
      ...said,
    });
  });

  test('that waits for the customer has the approval link', () => {
    const links = [
      { rel: 'self', href: 'https://api.paypal.com/v2/checkout/orders/ORD' },
      { rel: 'payer-action', href: 'https://www.paypal.com/checkoutnow?token=ORD' },
    ];
    expect(
      factOf('paypal', event('CHECKOUT.ORDER.APPROVED', order('PAYER_ACTION_REQUIRED', { links }))),
    ).toMatchObject({
      kind: 'requires_action',
      nextAction: { type: 'redirect', url: 'https://www.paypal.com/checkoutnow?token=ORD' },
    });
  });

  test('that is completed yields no fact: its captures do', () => {
    expect(factOf('paypal', event('CHECKOUT.ORDER.APPROVED', order('COMPLETED')))).toBeUndefined();
  });

  test('whose approval was reversed is canceled', () => {
    const reversed = event('CHECKOUT.PAYMENT-APPROVAL.REVERSED', { order_id: 'ORD' });
    const occurredAt = Date.parse(EVENT_TIME);
    expect(factOf('paypal', reversed)).toMatchObject({ kind: 'canceled', objectId: 'ORD', occurredAt });
  });
});

describe('a refund', () => {
  const up = [{ rel: 'up', href: 'https://api.paypal.com/v2/payments/captures/CAP' }];
  const refund = (status: string) => ({ id: 'REF', status, amount: USD, links: up, update_time: UPDATED });

  test.each([
    ['PENDING', 'pending'],
    ['COMPLETED', 'succeeded'],
    ['FAILED', 'failed'],
    ['CANCELLED', 'canceled'],
  ])('%s is %s, and belongs to the capture that it links to', (status, state) => {
    expect(factOf('paypal', event('PAYMENT.CAPTURE.REFUNDED', refund(status)))).toMatchObject({
      ...ORIGIN,
      kind: 'refund',
      objectId: 'REF',
      relatedIds: ['CAP'],
      parentId: 'CAP',
      state,
      amount: AMOUNT,
    });
  });

  test('in v1 has a negative total, and names its sale', () => {
    const given = sale('completed', {
      id: 'REF',
      sale_id: 'SALE',
      amount: { total: '-4.00', currency: 'USD' },
    });
    expect(factOf('paypal', event('PAYMENT.SALE.REFUNDED', given))).toMatchObject({
      state: 'succeeded',
      relatedIds: ['SALE', 'PAY-1'],
      parentId: 'SALE',
      amount: { amountMinor: 400n, currency: 'USD' },
    });
  });

  test.each([
    ['PAYMENT.CAPTURE.REVERSED', refund('COMPLETED'), 'REF'],
    ['PAYMENT.CAPTURE.REVERSED', capture('REVERSED'), 'CAP'],
    ['PAYMENT.CAPTURE.REVERSED', capture('PARTIALLY_REFUNDED'), 'CAP'],
    ['PAYMENT.SALE.REVERSED', sale('completed', { amount: { total: '-19.99', currency: 'USD' } }), 'SALE'],
  ])('is what %s reports: the customer has the money again (%#)', (type, resource, objectId) => {
    expect(factOf('paypal', event(type, resource))).toMatchObject({
      kind: 'refund',
      state: 'succeeded',
      objectId,
      amount: AMOUNT,
    });
  });
});

describe('money', () => {
  const captured = (value: unknown, currency_code: unknown) =>
    event('PAYMENT.CAPTURE.COMPLETED', capture('COMPLETED', { amount: { value, currency_code } }));

  test.each([
    ['19.99', 'USD', 1999n],
    ['19.9', 'USD', 1990n],
    ['19.990', 'USD', 1999n],
    ['500', 'JPY', 500n],
    ['500.00', 'JPY', 500n],
    ['500', 'HUF', 50_000n],
    ['500', 'TWD', 50_000n],
    ['90071992547409.90', 'USD', 9_007_199_254_740_990n],
  ])('%s %s is %i minor units', (value, currency, amountMinor) => {
    expect(factOf('paypal', captured(value, currency))).toMatchObject({ amount: { amountMinor, currency } });
  });

  test.each([
    [19.99, 'USD', 'resource.amount is no decimal string'],
    [undefined, 'USD', 'resource.amount is no decimal string'],
    ['19.999', 'USD', 'resource.amount is no amount in USD'],
    ['10.50', 'HUF', 'resource.amount is no amount in HUF'],
    ['0.5', 'JPY', 'resource.amount is no amount in JPY'],
    ['-19.99', 'USD', 'resource.amount is not positive'],
    ['0.00', 'USD', 'resource.amount is not positive'],
    ['1e3', 'USD', 'resource.amount is no amount in USD'],
    ['', 'USD', 'resource.amount is no amount in USD'],
    ['90071992547409.91', 'USD', 'resource.amount is more than 9007199254740990 minor units'],
    ['9'.repeat(31), 'USD', 'resource.amount is no amount in USD'],
    ['19.99', 'usd', "resource.amount's currency is no currency that we know"],
    ['19.99', null, "resource.amount's currency is no currency that we know"],
  ])('%p %p is refused: %s', (value, currency, reason) => {
    // v1's fields stand in where a value is missing, and are missing as well.
    const said = captured(value, currency);
    if (value === undefined) Object.assign(said.resource, { amount: { currency } });
    expect(reasonOf('paypal', said)).toBe(reason);
  });

  test('of a refund in v2 has no minus', () => {
    const amount = { value: '-19.99', currency_code: 'USD' };
    const refund = event('PAYMENT.CAPTURE.REFUNDED', { id: 'REF', status: 'COMPLETED', amount });
    expect(reasonOf('paypal', refund)).toBe('resource.amount is not positive');
  });
});

test('without any time it is refused', () => {
  const said = event('PAYMENT.CAPTURE.COMPLETED', capture('COMPLETED', { update_time: undefined }));
  expect(factOf('paypal', said)?.occurredAt).toBe(Date.parse(EVENT_TIME));
  expect(reasonOf('paypal', { ...said, create_time: 'noon' })).toBe('create_time is no time');
  for (const update_time of ['noon', 1_764_000_000, '']) {
    const wrong = event('PAYMENT.CAPTURE.COMPLETED', capture('COMPLETED', { update_time }));
    expect(reasonOf('paypal', wrong)).toBe('resource.update_time is no time');
  }
});

test('our intent id is taken from custom_id, custom, purchase units and disputed transactions', () => {
  const ours = intentIdOf('order-1', 'paypal');
  const read = (resource: object) => readWebhook('paypal', json(event('X', resource))).intentId;
  expect(read({ custom_id: ours })).toBe(ours);
  expect(read({ custom: ours })).toBe(ours);
  expect(read({ purchase_units: [null, { custom_id: ours }] })).toBe(ours);
  expect(read({ disputed_transactions: [{ custom: ours }] })).toBe(ours);
  expect(read({ custom_id: 'cart-7', invoice_id: ours })).toBeUndefined();
});
