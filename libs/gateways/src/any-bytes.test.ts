import { beforeAll, describe, expect, test } from '@jest/globals';
import type { GatewayProvider } from '@payments/domain';
import { signRazorpay, signStripe } from '@payments/simulator';
import fc from 'fast-check';
import { readWebhook } from './read-webhook.js';
import { kindOf, outcomeOf } from './testing/outcome.js';
import { HOST, PayPalDeliveries, WEBHOOK_ID } from './testing/paypal-deliveries.js';
import { createWebhookVerifiers } from './verifiers.js';
import type { WebhookRequest, WebhookVerifier } from './webhook.js';

let verifiers: Record<GatewayProvider, WebhookVerifier>;
let deliveries: PayPalDeliveries;

beforeAll(async () => {
  deliveries = await PayPalDeliveries.create();
  verifiers = createWebhookVerifiers({
    stripeSecrets: ['a'],
    razorpaySecrets: ['b'],
    paypalWebhookIds: [WEBHOOK_ID],
    paypalCertHosts: [HOST],
    paypalCertCa: deliveries.chain.caPem,
    paypalFetchCertificate: async () => Buffer.from(deliveries.chain.servedPem),
  });
});

function signed(provider: GatewayProvider, body: Buffer): WebhookRequest {
  const receivedAt = Date.now();
  const requests = {
    stripe: () => ({ headers: signStripe(body, 'a', receivedAt), body, receivedAt }),
    paypal: () => deliveries.request(body, { receivedAt }),
    razorpay: () => ({ headers: signRazorpay(body, 'b'), body, receivedAt }),
  };
  return requests[provider]();
}

/** JSON that resembles events: the fields that are read, with arbitrary values. */
const name = fc.constantFrom(
  ...[
    'id',
    'type',
    'event',
    'event_type',
    'data',
    'object',
    'resource',
    'payload',
    'payment',
    'entity',
    'order_id',
  ],
  ...[
    'created',
    'created_at',
    'create_time',
    'payment_intent',
    'links',
    'rel',
    'href',
    'disputed_transactions',
  ],
  ...['supplementary_data', 'related_ids', 'seller_transaction_id', '__proto__', 'constructor'],
);
const eventLike = fc.letrec((tie) => ({
  value: fc.oneof(
    { maxDepth: 5 },
    fc.jsonValue(),
    fc.string(),
    fc.constantFrom('evt_1', 'payment_intent.succeeded', 'PAYMENT.CAPTURE.COMPLETED', 'up', ''),
    fc.dictionary(name, tie('value'), { maxKeys: 8 }),
    fc.array(tie('value'), { maxLength: 3 }),
  ),
})).value;

const bytes = fc.uint8Array({ maxLength: 300 }).map((array) => Buffer.from(array));
const bodies = fc.oneof(
  bytes,
  eventLike.map((value) => Buffer.from(JSON.stringify(value) ?? '')),
);

describe.each(['stripe', 'paypal', 'razorpay'] as const)('%s', (provider) => {
  test('signed bytes verify or are unreadable, and reading them yields the verified type, key and time', async () => {
    await fc.assert(
      fc.asyncProperty(bodies, async (body) => {
        const request = signed(provider, body);
        const outcome = await outcomeOf(verifiers[provider], request);
        expect(['verified', 'unreadable']).toContain(outcome);
        const read = await kindOf(() => readWebhook(provider, body));
        expect(outcome === 'verified' ? ['verified', 'unreadable'] : [outcome]).toContain(read);
        if (read === 'verified') {
          const webhook = await verifiers[provider].verify(request);
          const { eventType, key, eventTime } = readWebhook(provider, body);
          expect({ eventType, key, eventTime }).toEqual({
            eventType: webhook.eventType,
            key: webhook.key,
            eventTime: webhook.eventTime,
          });
          expect(webhook.webhookId).toMatch(/^[\x21-\x7e]{1,255}$/);
          expect(webhook.key).toMatch(/^[\x21-\x7e]{1,255}$/);
        }
      }),
      { numRuns: 300 },
    );
  });

  test('any bytes under any headers are refused as unauthentic', async () => {
    const headerNames = Object.keys(signed(provider, Buffer.from('{}')).headers);
    const value = fc.oneof(
      fc.string(),
      fc.string({ unit: 'binary' }),
      fc.array(fc.string()),
      fc.constant(undefined),
    );
    const headers = fc.dictionary(fc.constantFrom(...headerNames), value as fc.Arbitrary<string | undefined>);
    await fc.assert(
      fc.asyncProperty(bodies, headers, fc.boolean(), async (body, forged, onTop) => {
        const base = onTop ? signed(provider, Buffer.from('{"other":"body"}')).headers : {};
        const request = { headers: { ...base, ...forged }, body, receivedAt: Date.now() };
        expect(await outcomeOf(verifiers[provider], request)).toBe('unauthentic');
      }),
      { numRuns: 300 },
    );
  });
});
