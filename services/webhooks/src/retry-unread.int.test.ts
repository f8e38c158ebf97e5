import { randomBytes, randomUUID } from 'node:crypto';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { SealKeyring } from '@payments/contracts';
import { until } from '@payments/local/testing';
import { insertWebhooks, type WebhookRow } from '@payments/persistence';
import { paypalWebhook, stripeWebhook } from '@payments/simulator';
import { createHarness, type Delivery, type WebhookHarness } from './testing/webhook-harness.js';

const keyring = new SealKeyring([{ id: 'own', key: randomBytes(32) }]);

let harness: WebhookHarness;
beforeEach(async () => {
  harness = await createHarness();
}, 60_000);
afterEach(() => harness.close(), 60_000);

/** As a release stored it that could not read it. */
function unread({ provider, webhookId, eventType, body }: Delivery): WebhookRow {
  const receivedAt = Date.now();
  const source = 'gateway';
  return {
    webhookId,
    provider,
    eventType,
    source,
    status: 'FAILED',
    error: 'data.object.status is a status that we do not know',
    receivedAt: new Date(receivedAt),
    eventTime: null,
    objectIds: [],
    sealedBody: keyring.seal({ webhookId, provider, eventType, source, receivedAt }, body),
    kafka: { topic: 't', partition: 0, offset: 0n },
  };
}

test('webhooks that no earlier release could read are tried again at a start; what still cannot be read stays', async () => {
  const gatewayObjectId = `pi_${randomUUID()}`;
  const amount = { amountMinor: 1999n, currency: 'USD' };
  await harness.create([
    { orderId: `order-${randomUUID()}`, customerId: 'cust-7', provider: 'stripe', amount, gatewayObjectId },
  ]);
  const type = 'payment_intent.succeeded';
  const paid = stripeWebhook({ type, paymentIntentId: gatewayObjectId });
  const unknown = stripeWebhook({ type, paymentIntentId: `pi_${randomUUID()}` });
  const toVerify = paypalWebhook({ type: 'PAYMENT.CAPTURE.COMPLETED', orderId: 'O1', captureId: 'C1' });
  const other = stripeWebhook({ type, paymentIntentId: gatewayObjectId });
  const body = Buffer.from(String(other.body).replaceAll('"succeeded"', '"of tomorrow"'));
  const rows = [paid, unknown, toVerify, { ...other, body }].map(unread);
  await harness.database.transaction((em) => insertWebhooks(em, rows));

  await harness.startWorker({ keyring, verifyPayPal: true });
  const stored = () => harness.rows('SELECT webhook_id, status, error, object_ids FROM payment_webhooks');
  const failed = async () => (await stored()).filter(({ status }) => status === 'FAILED');
  await until(async () => (await failed()).length === 1, { what: 'three to be read' });
  const byId = Object.fromEntries((await stored()).map((row) => [String(row.webhook_id), row]));
  expect(byId).toMatchObject({
    [paid.webhookId]: { status: 'PROCESSED', error: null },
    [unknown.webhookId]: { status: 'UNMATCHED', error: null },
    [toVerify.webhookId]: { status: 'VERIFYING', error: null },
    [other.webhookId]: { status: 'FAILED', error: rows[3]?.error, object_ids: [] },
  });
  expect(byId[paid.webhookId]?.object_ids).toContain(gatewayObjectId);
  expect(byId[toVerify.webhookId]?.object_ids).toContain('C1');
  expect(await harness.rows('SELECT status, amount_captured FROM payment_intents')).toEqual([
    { status: 'SUCCEEDED', amount_captured: '1999' },
  ]);
}, 60_000);
