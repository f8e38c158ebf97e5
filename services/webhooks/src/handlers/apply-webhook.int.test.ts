import { randomInt, randomUUID } from 'node:crypto';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { customerPaymentsKey, orderPaymentsKey, paymentIntentKey } from '@payments/cache';
import { intentIdOf, reconciliationWebhookIdOf } from '@payments/domain';
import { until } from '@payments/local/testing';
import { listenToApprovals, type NewPaymentRow } from '@payments/persistence';
import { paypalWebhook, stripeWebhook } from '@payments/simulator';
import { createHarness, type Delivery, type WebhookHarness } from '../testing/webhook-harness.js';

let harness: WebhookHarness;
beforeEach(async () => {
  harness = await createHarness();
}, 60_000);
afterEach(() => harness.close(), 60_000);

function stripePayment(gatewayObjectId?: string): NewPaymentRow & { readonly provider: 'stripe' } {
  return {
    orderId: `order-${randomUUID()}`,
    // Unique: tests of other services invalidate the caches of their customers in the same Redis.
    customerId: `cust-${randomUUID()}`,
    provider: 'stripe',
    amount: { amountMinor: 1999n, currency: 'USD' },
    ...(gatewayObjectId !== undefined && { gatewayObjectId }),
  };
}

async function statuses(): Promise<Record<string, unknown>> {
  const rows = await harness.rows('SELECT webhook_id, status FROM payment_webhooks');
  return Object.fromEntries(rows.map((row) => [row.webhook_id, row.status]));
}

test('one bad row among 500 is dead-lettered, one that cannot be used is FAILED, and the others are applied', async () => {
  const payments = Array.from({ length: 500 }, (_, index) => stripePayment(`pi_${index}_${randomUUID()}`));
  await harness.create(payments);
  const deliveries: Delivery[] = payments.map(({ gatewayObjectId = '' }) => ({
    ...stripeWebhook({ type: 'payment_intent.succeeded', paymentIntentId: gatewayObjectId }),
    key: 'one partition',
  }));
  const bad = { ...(deliveries[321] as Delivery), eventType: 'x'.repeat(300) };
  deliveries[321] = bad;
  const unusable = deliveries[123] as Delivery;
  deliveries[123] = {
    ...unusable,
    body: Buffer.from(String(unusable.body).replaceAll('"amount_received":1999', '"amount_received":-1')),
  };
  await harness.publish(deliveries);
  await harness.startWorker();
  await harness.finished();
  await until(() => harness.deadLetters.length > 0, { what: 'the dead letter' });
  const counts = await harness.rows(
    'SELECT status, count(*)::int AS count FROM payment_webhooks GROUP BY 1 ORDER BY 1',
  );
  expect(counts).toEqual([
    { status: 'FAILED', count: 1 },
    { status: 'PROCESSED', count: 498 },
  ]);
  expect(harness.deadLetters).toHaveLength(1);
  const [failed] = await harness.rows(
    `SELECT webhook_id, error, octet_length(sealed_body) > 0 AS kept FROM payment_webhooks
     JOIN payment_webhook_bodies USING (webhook_id) WHERE status = 'FAILED'`,
  );
  expect(failed).toEqual({
    webhook_id: unusable.webhookId,
    error: expect.stringContaining('amount'),
    kept: true,
  });
  expect(
    await harness.rows(`SELECT count(*)::int AS paid FROM payment_intents WHERE status = 'SUCCEEDED'`),
  ).toEqual([{ paid: 498 }]);
}, 60_000);

test('a webhook that could not be used is tried again when it is delivered again', async () => {
  const gatewayObjectId = `pi_${randomUUID()}`;
  await harness.create([stripePayment(gatewayObjectId)]);
  const usable = stripeWebhook({ type: 'payment_intent.succeeded', paymentIntentId: gatewayObjectId });
  const body = Buffer.from(String(usable.body).replaceAll('"amount_received":1999', '"amount_received":-1'));
  await harness.startWorker();
  await harness.publish([{ ...usable, body }]);
  await harness.finished();
  expect(await statuses()).toEqual({ [usable.webhookId]: 'FAILED' });
  await harness.publish([usable, usable]);
  await harness.finished();
  expect(await statuses()).toEqual({ [usable.webhookId]: 'PROCESSED' });
  expect(await harness.rows('SELECT error FROM payment_webhooks')).toEqual([{ error: null }]);
  expect(await harness.rows('SELECT type, status FROM payment_transactions')).toEqual([
    { type: 'PAYMENT', status: 'SUCCEEDED' },
  ]);
}, 60_000);

test('several event types, a repair and a redelivery of one capture make one transaction', async () => {
  const gatewayObjectId = `pi_${randomUUID()}`;
  await harness.create([stripePayment(gatewayObjectId)]);
  const ids = { paymentIntentId: gatewayObjectId, chargeId: `ch_${randomUUID()}` };
  const succeeded = stripeWebhook({ type: 'payment_intent.succeeded', ...ids });
  const again = stripeWebhook({ type: 'payment_intent.succeeded', ...ids });
  const charge = stripeWebhook({ type: 'charge.succeeded', ...ids });
  const repair: Delivery = {
    ...stripeWebhook({ type: 'payment_intent.succeeded', ...ids }),
    webhookId: reconciliationWebhookIdOf('stripe', gatewayObjectId, 'succeeded'),
    source: 'reconciliation',
  };
  await harness.startWorker();
  await harness.publish([succeeded, again, charge, repair, succeeded]);
  await harness.publish([succeeded, repair]);
  await harness.finished();
  expect(await harness.rows('SELECT type, status, amount FROM payment_transactions')).toEqual([
    { type: 'PAYMENT', status: 'SUCCEEDED', amount: '1999' },
  ]);
  expect(Object.keys(await statuses())).toHaveLength(4);
}, 60_000);

test('a change removes what is cached of the payment, its order and its customer, and marks the webhook', async () => {
  const payment = stripePayment(`pi_${randomUUID()}`);
  await harness.create([payment]);
  const intentId = intentIdOf(payment.orderId, payment.provider);
  const keys = [
    paymentIntentKey(intentId),
    orderPaymentsKey(payment.orderId),
    customerPaymentsKey(payment.customerId),
  ];
  for (const key of keys) {
    const look = await harness.cache.look(key);
    const ticket = look.kind === 'miss' ? look.ticket : undefined;
    expect(await harness.cache.fill(key, ticket, { version: 1, text: 'old' }, 60)).toBe(true);
  }
  const webhook = stripeWebhook({
    type: 'payment_intent.succeeded',
    paymentIntentId: payment.gatewayObjectId ?? '',
  });
  await harness.startWorker();
  await harness.publish([webhook]);
  await until(async () => (await harness.marks.marked([webhook.webhookId])).size === 1, { what: 'the mark' });
  const looks = () => Promise.all(keys.map((key) => harness.cache.look(key)));
  await until(async () => (await looks()).every(({ kind }) => kind === 'miss'), {
    what: 'the cache to forget',
  });
}, 60_000);

test('the trace of a webhook goes on in the events of its payment, and nothing else of its headers', async () => {
  const payment = stripePayment(`pi_${randomUUID()}`);
  await harness.create([payment]);
  const webhook = stripeWebhook({
    type: 'payment_intent.succeeded',
    paymentIntentId: payment.gatewayObjectId ?? '',
  });
  const traceparent = `00-${'a'.repeat(32)}-${'b'.repeat(16)}-01`;
  await harness.startWorker();
  await harness.publish([{ ...webhook, headers: { traceparent, foreign: 'x' } }]);
  await harness.finished();
  expect(await harness.rows('SELECT headers FROM outbox')).toEqual([{ headers: { traceparent } }]);
}, 60_000);

test('a webhook that waits is not marked as done, however often it is delivered', async () => {
  const payment = stripePayment(`pi_${randomUUID()}`);
  await harness.create([payment]);
  const type = 'payment_intent.succeeded';
  // One key, so that what is done for the second one comes after what is done for the first.
  const key = randomUUID();
  const waiting = { ...stripeWebhook({ type, paymentIntentId: `pi_${randomUUID()}` }), key };
  const applied = { ...stripeWebhook({ type, paymentIntentId: payment.gatewayObjectId ?? '' }), key };
  await harness.startWorker();
  await harness.publish([waiting]);
  await harness.finished();
  await harness.publish([waiting, applied]);
  const ids = [waiting.webhookId, applied.webhookId];
  await until(async () => (await harness.marks.marked(ids)).size > 0, { what: 'a mark' });
  expect(await harness.marks.marked(ids)).toEqual(new Set([applied.webhookId]));
}, 60_000);

test("a payer's approval is told to the workers of its gateway, and to no others", async () => {
  const orderId = `O${randomInt(2 ** 40)}`;
  await harness.create([{ ...stripePayment(orderId), provider: 'paypal' }]);
  const told = { paypal: 0, stripe: 0 };
  const stop = new AbortController();
  const listening = (['paypal', 'stripe'] as const).map((provider) => {
    const onApproved = (): void => {
      told[provider] += 1;
    };
    const onLost = (error: unknown): void => {
      throw error;
    };
    return listenToApprovals(harness.database, provider, { onApproved, onLost }, stop.signal);
  });
  await until(() => told.paypal === 1 && told.stripe === 1, { what: 'both to listen' });
  await harness.startWorker();
  await harness.publish([paypalWebhook({ type: 'CHECKOUT.ORDER.APPROVED', orderId })]);
  await until(() => told.paypal === 2, { what: 'the approval to be told' });
  expect(told.stripe).toBe(1);
  stop.abort();
  await Promise.all(listening);
}, 60_000);

test("with the switch on, PayPal's captures wait as VERIFYING without effect; refunds do not wait", async () => {
  const orderId = `O${randomInt(2 ** 40)}`;
  const payment = { ...stripePayment(orderId), provider: 'paypal' as const };
  await harness.create([payment]);
  const captureId = `C${randomInt(2 ** 40)}`;
  const capture = paypalWebhook({ type: 'PAYMENT.CAPTURE.COMPLETED', orderId, captureId });
  const pending = paypalWebhook({ type: 'PAYMENT.CAPTURE.PENDING', orderId, captureId });
  await harness.startWorker({ verifyPayPal: true });
  await harness.publish([capture, pending]);
  await harness.finished();
  expect(await statuses()).toEqual({ [capture.webhookId]: 'VERIFYING', [pending.webhookId]: 'PROCESSED' });
  // One that is not borne out by PayPal fails, and may then be delivered again.
  const ids = [capture.webhookId, pending.webhookId];
  await until(async () => (await harness.marks.marked(ids)).size > 0, { what: 'the marks' });
  expect(await harness.marks.marked(ids)).toEqual(new Set([pending.webhookId]));
  expect(await harness.rows('SELECT status, amount_captured FROM payment_intents')).toEqual([
    { status: 'PROCESSING', amount_captured: '0' },
  ]);
}, 60_000);

test('the statistics of the day count webhooks by type, with their failures and times', async () => {
  await harness.create([stripePayment('pi_stats')]);
  await harness.startWorker();
  await harness.publish([stripeWebhook({ type: 'payment_intent.succeeded', paymentIntentId: 'pi_stats' })]);
  await harness.finished();
  const [row] = await harness.rows('SELECT * FROM webhook_statistics');
  expect(row).toEqual({
    event_type: 'payment_intent.succeeded',
    total_webhooks: '1',
    avg_processing_time: expect.any(String),
    failed_count: '0',
  });
  const queries = await harness.rows(
    'SELECT query, mean_exec_time, calls, total_exec_time FROM payment_query_statistics LIMIT 1',
  );
  expect(queries).toHaveLength(1);
}, 60_000);
