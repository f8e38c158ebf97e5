import { beforeAll, describe, expect, test } from '@jest/globals';
import { createPayPalVerifier } from './paypal/verifier.js';
import { readWebhook } from './read-webhook.js';
import { kindOf, outcomeOf } from './testing/outcome.js';
import { HOST, PayPalDeliveries, WEBHOOK_ID } from './testing/paypal-deliveries.js';
import type { WebhookVerifier } from './webhook.js';

/** The CHECK on payment_webhooks.object_ids. */
const ROW_OCTETS_MAX = 2048;

const longest = (index: number) => String(index).padStart(240, 'x');

describe('the ids of an accepted webhook fit into its row', () => {
  let deliveries: PayPalDeliveries;
  let verifier: WebhookVerifier;

  beforeAll(async () => {
    deliveries = await PayPalDeliveries.create();
    verifier = createPayPalVerifier({
      webhookIds: [WEBHOOK_ID],
      certHosts: [HOST],
      certCa: deliveries.chain.caPem,
      fetchCertificate: async () => Buffer.from(deliveries.chain.servedPem),
    });
  });

  test.each([
    [ROW_OCTETS_MAX, 'verified'],
    [ROW_OCTETS_MAX + 1, 'unreadable'],
  ])(
    'PayPal: a dispute of ids of %d octets is %s, by verifier and reader alike',
    async (octets, expected) => {
      const ids = Array.from({ length: Math.floor(octets / 240) }, (_, index) => longest(index));
      ids.push('y'.repeat(octets % 240));
      const body = dispute(ids);
      expect(await outcomeOf(verifier, deliveries.request(body))).toBe(expected);
      expect(await kindOf(() => readWebhook('paypal', body))).toBe(expected);
      if (expected === 'verified') expect(readWebhook('paypal', body).objectIds).toEqual(ids);
    },
  );

  test('PayPal: a repeated id counts once', () => {
    const body = dispute(Array.from({ length: 20 }, () => longest(1)));
    expect(readWebhook('paypal', body).objectIds).toEqual([longest(1)]);
  });

  test('Stripe and Razorpay: the longest ids in every field are accepted', () => {
    const object = {
      id: longest(1),
      payment_intent: longest(2),
      charge: longest(3),
      latest_charge: longest(4),
    };
    const stripe = json({ id: 'evt_1', type: 'refund.new', data: { object } });
    expect(readWebhook('stripe', stripe).objectIds).toHaveLength(4);
    const payload = {
      payment: { entity: { id: longest(1), order_id: longest(2) } },
      order: { entity: { id: longest(3) } },
      refund: { entity: { id: longest(4), payment_id: longest(5) } },
      dispute: { entity: { id: longest(6), payment_id: longest(7) } },
    };
    expect(readWebhook('razorpay', json({ event: 'refund.new', payload })).objectIds).toHaveLength(7);
  });
});

function dispute(ids: readonly string[]): Buffer {
  const disputed_transactions = ids.map((id) => ({ seller_transaction_id: id }));
  return json({ id: 'WH-1', event_type: 'CUSTOMER.DISPUTE.NEW', resource: { disputed_transactions } });
}

function json(value: object): Buffer {
  return Buffer.from(JSON.stringify(value));
}
