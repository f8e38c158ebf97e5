import { createHash } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import { paypalWebhook } from './webhooks/paypal.js';
import { razorpayWebhook } from './webhooks/razorpay.js';
import { stripeWebhook } from './webhooks/stripe.js';
import { withFreshId } from './webhooks/with-fresh-id.js';

const read = (body: Buffer) => JSON.parse(body.toString('utf8'));

describe('simulated webhooks', () => {
  test("carry our intent id where the gateway's do", () => {
    const intentId = 'intent-1';
    expect(read(stripeWebhook({ type: 'payment_intent.succeeded', intentId }).body)).toMatchObject({
      data: { object: { metadata: { intentId } } },
    });
    expect(read(paypalWebhook({ type: 'PAYMENT.CAPTURE.COMPLETED', intentId }).body)).toMatchObject({
      resource: { custom_id: intentId },
    });
    expect(read(razorpayWebhook({ type: 'order.paid', intentId }).body)).toMatchObject({
      payload: { payment: { entity: { notes: { intentId } } }, order: { entity: { receipt: intentId } } },
    });
  });

  test('take the ids that they are given', () => {
    const { body, ids } = stripeWebhook({
      type: 'refund.updated',
      refundId: 're_1',
      paymentIntentId: 'pi_1',
    });
    expect(ids).toMatchObject({ refundId: 're_1', paymentIntentId: 'pi_1' });
    expect(read(body).data.object).toMatchObject({ id: 're_1', payment_intent: 'pi_1', status: 'succeeded' });
  });

  test.each([
    [5, 'USD', '0.05'],
    [1999, 'USD', '19.99'],
    [1999, 'JPY', '1999'],
    [10_000, 'TWD', '100'],
    [50_000, 'HUF', '500'],
  ])('write PayPal amounts as decimals: %i %s', (amount, currency, value) => {
    const { body } = paypalWebhook({ type: 'PAYMENT.CAPTURE.COMPLETED', amount, currency });
    expect(read(body).resource.amount).toEqual({ currency_code: currency, value });
  });

  test('differ each time', () => {
    const bodies = new Set<string>();
    for (let i = 0; i < 1000; i++) {
      bodies.add(stripeWebhook({ type: 'customer.updated', atMs: 0 }).webhookId);
      bodies.add(paypalWebhook({ type: 'CHECKOUT.ORDER.APPROVED', atMs: 0 }).webhookId);
      bodies.add(razorpayWebhook({ type: 'payment.captured', atMs: 0 }).webhookId);
    }
    expect(bodies.size).toBe(3000);
  });
});

test('a recorded body becomes an event of its own', () => {
  for (const [provider, body] of [
    ['stripe', stripeWebhook({ type: 'payment_intent.succeeded' }).body],
    ['paypal', paypalWebhook({ type: 'PAYMENT.CAPTURE.COMPLETED' }).body],
    ['razorpay', razorpayWebhook({ type: 'payment.captured' }).body],
  ] as const) {
    const fresh = withFreshId(provider, body);
    const nameOf = (bytes: Buffer) =>
      provider === 'razorpay' ? createHash('sha256').update(bytes).digest('hex') : read(bytes).id;
    expect(nameOf(fresh)).not.toBe(nameOf(body));
    expect({ ...read(fresh), id: '', account_id: '' }).toEqual({ ...read(body), id: '', account_id: '' });
  }
});
