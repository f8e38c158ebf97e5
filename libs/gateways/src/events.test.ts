import { describe, expect, test } from '@jest/globals';
import { intentIdOf } from '@payments/domain';
import {
  PAYPAL_WEBHOOK_TYPES,
  type PayPalIds,
  type PayPalWebhookType,
  paypalWebhook,
  RAZORPAY_WEBHOOK_TYPES,
  type RazorpayIds,
  type RazorpayWebhookType,
  razorpayWebhook,
  STRIPE_WEBHOOK_TYPES,
  type StripeIds,
  type StripeWebhookType,
  stripeWebhook,
} from '@payments/simulator';
import { PAYPAL_EVENTS } from './paypal/events.js';
import { RAZORPAY_EVENTS } from './razorpay/events.js';
import { readWebhook } from './read-webhook.js';
import { STRIPE_EVENTS } from './stripe/events.js';

function effectIn(
  table: Readonly<Record<string, { readonly effect: string }>>,
  type: string,
): string | undefined {
  return Object.hasOwn(table, type) ? table[type]?.effect : undefined;
}

/** The ids in an event of each type, its key first. */
const STRIPE_IDS: Readonly<Record<string, readonly (keyof StripeIds)[]>> = {
  'customer.updated': ['eventId'],
  'payment_intent.': ['paymentIntentId', 'chargeId'],
  'charge.dispute.': ['paymentIntentId', 'disputeId', 'chargeId'],
  'charge.refund.': ['paymentIntentId', 'refundId', 'chargeId'],
  'refund.': ['paymentIntentId', 'refundId', 'chargeId'],
  'charge.': ['paymentIntentId', 'chargeId'],
};
const PAYPAL_IDS: Readonly<Record<string, readonly (keyof PayPalIds)[]>> = {
  'CHECKOUT.': ['orderId'],
  'PAYMENT.AUTHORIZATION.': ['orderId', 'authorizationId'],
  'PAYMENT.CAPTURE.REFUNDED': ['captureId', 'refundId'],
  'PAYMENT.CAPTURE.REVERSED': ['captureId', 'refundId'],
  'PAYMENT.REFUND.': ['captureId', 'refundId'],
  'PAYMENT.CAPTURE.': ['orderId', 'captureId'],
  'PAYMENT.SALE.REFUNDED': ['parentPaymentId', 'refundId', 'saleId'],
  'PAYMENT.SALE.REVERSED': ['parentPaymentId', 'refundId', 'saleId'],
  'PAYMENT.SALE.': ['parentPaymentId', 'saleId'],
  'CUSTOMER.DISPUTE.': ['captureId', 'disputeId'],
  'BILLING.': ['eventId'],
};
const RAZORPAY_IDS: Readonly<Record<string, readonly (keyof RazorpayIds)[]>> = {
  'payment.dispute.': ['orderId', 'disputeId', 'paymentId'],
  'refund.': ['orderId', 'refundId', 'paymentId'],
  'payment.': ['orderId', 'paymentId'],
  'order.': ['orderId', 'paymentId'],
};

function idsOf<Ids>(table: Readonly<Record<string, readonly (keyof Ids)[]>>, type: string, ids: Ids) {
  const names = Object.entries(table).find(([prefix]) => type.startsWith(prefix))?.[1] ?? [];
  return names.map((name) => ids[name]);
}

describe('the effect, key and object ids of an event', () => {
  test.each(STRIPE_WEBHOOK_TYPES)('Stripe %s', (type: StripeWebhookType) => {
    const { body, ids } = stripeWebhook({ type });
    const described = readWebhook('stripe', body);
    const [key, ...others] = idsOf(STRIPE_IDS, type, ids);
    expect(described).toMatchObject({ eventType: type, key, effect: effectIn(STRIPE_EVENTS, type) });
    if (type !== 'customer.updated') expect(new Set(described.objectIds)).toEqual(new Set([key, ...others]));
  });

  test.each(PAYPAL_WEBHOOK_TYPES)('PayPal %s', (type: PayPalWebhookType) => {
    const { body, ids } = paypalWebhook({ type });
    const described = readWebhook('paypal', body);
    const [key, ...others] = idsOf(PAYPAL_IDS, type, ids);
    expect(described).toMatchObject({ eventType: type, key, effect: effectIn(PAYPAL_EVENTS, type) });
    if (!type.startsWith('BILLING.')) {
      expect(new Set(described.objectIds)).toEqual(new Set([key, ...others]));
    }
  });

  test.each(RAZORPAY_WEBHOOK_TYPES)('Razorpay %s', (type: RazorpayWebhookType) => {
    const { body, ids } = razorpayWebhook({ type });
    const described = readWebhook('razorpay', body);
    const [key, ...others] = idsOf(RAZORPAY_IDS, type, ids);
    expect(described).toMatchObject({ eventType: type, key, effect: effectIn(RAZORPAY_EVENTS, type) });
    expect(new Set(described.objectIds)).toEqual(new Set([key, ...others]));
  });
});

describe('an event of a type that we do not know', () => {
  const types = ['balance.available', 'constructor', '__proto__', 'toString', 'hasOwnProperty'];

  test.each(types)('has no effect (%s)', (type) => {
    const stripe = readWebhook('stripe', json({ id: 'evt_1', type }));
    expect(stripe).toEqual({
      eventType: type,
      key: 'evt_1',
      eventTime: null,
      objectIds: [],
      effect: undefined,
      facts: [],
      intentId: undefined,
      raisesMoney: false,
    });
    expect(readWebhook('paypal', json({ id: 'WH-1', event_type: type })).effect).toBeUndefined();
    expect(readWebhook('razorpay', json({ event: type })).effect).toBeUndefined();
  });
});

describe('ids are found in all places', () => {
  test('Stripe: an expanded payment intent, a charge without one', () => {
    const object = { id: 'ch_1', object: 'charge', payment_intent: { id: 'pi_1', object: 'payment_intent' } };
    const event = { id: 'evt_1', type: 'charge.succeeded', data: { object } };
    expect(readWebhook('stripe', json(event))).toMatchObject({
      key: 'pi_1',
      objectIds: ['ch_1', 'pi_1'],
    });
    const legacy = { ...event, data: { object: { ...object, payment_intent: null } } };
    expect(readWebhook('stripe', json(legacy))).toMatchObject({ key: 'evt_1', objectIds: ['ch_1'] });
  });

  test('PayPal: a capture of an authorization, tied to its order only by related_ids', () => {
    const resource = {
      id: 'CAP',
      supplementary_data: { related_ids: { order_id: 'ORD', authorization_id: 'AUTH' } },
      links: [{ rel: 'up', href: 'https://api.paypal.com/v2/payments/authorizations/AUTH' }],
    };
    const event = { id: 'WH-1', event_type: 'PAYMENT.CAPTURE.NEW', resource };
    expect(readWebhook('paypal', json(event))).toMatchObject({
      key: 'ORD',
      objectIds: ['CAP', 'AUTH', 'ORD'],
    });
    const untied = { ...event, resource: { ...resource, supplementary_data: undefined } };
    expect(readWebhook('paypal', json(untied))).toMatchObject({ key: 'CAP', objectIds: ['CAP', 'AUTH'] });
  });

  test('PayPal: our own id is preferred as the key, if it is one of ours', () => {
    const keyOf = (resource: object) =>
      readWebhook('paypal', json({ id: 'WH-1', event_type: 'PAYMENT.CAPTURE.NEW', resource })).key;
    const refund = {
      id: 'REF',
      links: [{ rel: 'up', href: 'https://api.paypal.com/v2/payments/captures/CAP' }],
    };
    const ours = intentIdOf('order-1', 'paypal');
    expect(keyOf({ ...refund, custom_id: ours })).toBe(ours);
    expect(keyOf({ id: 'ORD', purchase_units: [{ custom_id: ours }] })).toBe(ours);
    expect(keyOf({ dispute_id: 'D', disputed_transactions: [{ custom: ours }] })).toBe(ours);
    expect(keyOf({ ...refund, custom_id: 'basket 7' })).toBe('CAP');
  });

  test('PayPal: an up link to anything else is no id', () => {
    for (const href of [
      'https://api.paypal.com/v2/checkout/orders/',
      'https://x/v2/checkout/orders/a/b',
      7,
      null,
    ]) {
      const resource = { id: 'CAP', links: [null, { rel: 'up', href }] };
      const event = { id: 'WH-1', event_type: 'PAYMENT.CAPTURE.NEW', resource };
      expect(readWebhook('paypal', json(event)).key).toBe('CAP');
    }
  });

  test('Razorpay: a payment without an order, a refund and a dispute without their payment', () => {
    const keyOf = (payload: object) => readWebhook('razorpay', json({ event: 'x', payload })).key;
    expect(keyOf({ payment: { entity: { id: 'pay_1', order_id: null } } })).toBe('pay_1');
    expect(keyOf({ refund: { entity: { id: 'rfnd_1', payment_id: 'pay_2' } } })).toBe('pay_2');
    expect(keyOf({ dispute: { entity: { id: 'disp_1', payment_id: 'pay_3' } } })).toBe('pay_3');
  });

  test('values that cannot be ids are left out, and their number is bounded', () => {
    const object = { id: 'x y', object: 'refund', payment_intent: 'pi_1', charge: 'é' };
    const event = { id: 'evt_1', type: 'refund.new', data: { object } };
    expect(readWebhook('stripe', json(event)).objectIds).toEqual(['pi_1']);
    const disputed_transactions = Array.from({ length: 1000 }, (_, i) => ({
      seller_transaction_id: `S${i}`,
    }));
    const dispute = {
      id: 'WH-1',
      event_type: 'CUSTOMER.DISPUTE.NEW',
      resource: { disputed_transactions },
    };
    expect(readWebhook('paypal', json(dispute)).objectIds).toHaveLength(32);
  });
});

function json(value: object): Buffer {
  return Buffer.from(JSON.stringify(value));
}
