import { randomBytes, randomUUID } from 'node:crypto';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { keysOfPayments } from '@payments/cache';
import { SealKeyring } from '@payments/contracts';
import { intentIdOf } from '@payments/domain';
import { until } from '@payments/local/testing';
import type { NewPaymentRow } from '@payments/persistence';
import { stripeWebhook } from '@payments/simulator';
import { createHarness, type Delivery, type WebhookHarness } from './testing/webhook-harness.js';

let harness: WebhookHarness;
beforeEach(async () => {
  harness = await createHarness();
}, 60_000);
afterEach(() => harness.close(), 60_000);

const LONG = 60_000;
const OLD_KEY = { id: 'old', key: randomBytes(32) };
const NEW_KEY = { id: 'new', key: randomBytes(32) };

function payment(gatewayObjectId: string): NewPaymentRow & { readonly provider: 'stripe' } {
  const amount = { amountMinor: 1_000_000n, currency: 'USD' };
  return {
    orderId: `order-${randomUUID()}`,
    customerId: `cust-${randomUUID()}`,
    provider: 'stripe',
    amount,
    gatewayObjectId,
  };
}

function refund(paymentIntentId: string, key?: string): Delivery {
  const webhook = stripeWebhook({ type: 'refund.updated', paymentIntentId, amount: 1 });
  return { ...webhook, ...(key !== undefined && { key }) };
}

const captureOf = (paymentIntentId: string): Delivery =>
  stripeWebhook({ type: 'payment_intent.succeeded', paymentIntentId, amount: 1_000_000 });

const countsByStatus = () =>
  harness.rows('SELECT status, count(*)::int AS count FROM payment_webhooks GROUP BY 1 ORDER BY 1');

test(
  'two thousand that wait for one payment are settled while others go on, none of them lost',
  async () => {
    const waiting = Array.from({ length: 2_000 }, () => refund('pi_hot', 'pi_hot'));
    await harness.startWorker();
    await harness.publish(waiting);
    await harness.finished();
    expect(await countsByStatus()).toEqual([{ status: 'UNMATCHED', count: 2_000 }]);
    await harness.create([payment('pi_hot'), payment('pi_other')]);
    await harness.publish([captureOf('pi_other'), captureOf('pi_hot'), refund('pi_hot')]);
    await harness.finished();
    await harness.settled();
    expect(await countsByStatus()).toEqual([{ status: 'PROCESSED', count: 2_003 }]);
    expect(
      await harness.rows(
        'SELECT amount_captured, amount_refunded FROM payment_intents ORDER BY gateway_intent_id',
      ),
    ).toEqual([
      { amount_captured: '1000000', amount_refunded: '2001' },
      { amount_captured: '1000000', amount_refunded: '0' },
    ]);
    const [largest] = await harness.rows(
      'SELECT count(*)::int AS count FROM payment_webhooks GROUP BY xmin::text ORDER BY 1 DESC LIMIT 1',
    );
    expect(largest?.count).toBeLessThanOrEqual(256);
    expect(harness.deadLetters).toEqual([]);
  },
  LONG,
);

test(
  'one sealed under a key that is gone waits on and names it; its claimant and the others are applied',
  async () => {
    const before = new SealKeyring([NEW_KEY, OLD_KEY]);
    const worker = await harness.startWorker({ keyring: before });
    const lost = { ...refund('pi_sealed'), sealedWith: new SealKeyring([OLD_KEY]) };
    await harness.publish([lost, { ...refund('pi_sealed'), sealedWith: before }]);
    await harness.finished();
    await worker.close();

    const withoutKey = await harness.startWorker({ keyring: new SealKeyring([NEW_KEY]) });
    await harness.create([payment('pi_sealed')]);
    await harness.publish([{ ...captureOf('pi_sealed'), sealedWith: before }]);
    await harness.finished();
    const waits = `SELECT webhook_id, error FROM payment_webhooks WHERE status = 'UNMATCHED' AND retry_at > now()`;
    await until(async () => (await harness.rows(waits)).length > 0, { what: 'it to wait on' });
    await harness.settled();
    expect(await countsByStatus()).toEqual([
      { status: 'PROCESSED', count: 2 },
      { status: 'UNMATCHED', count: 1 },
    ]);
    expect(await harness.rows(waits)).toEqual([
      { webhook_id: lost.webhookId, error: expect.stringContaining('key old') },
    ]);
    const metrics = await harness.metrics.registry.metrics();
    expect(metrics).toContain('webhook_waits_on_total{provider="stripe",missing_key="old"} 1');

    await withoutKey.close();
    await harness.startWorker({ keyring: before });
    await tryAgainNow();
    await until(async () => (await countsByStatus()).length === 1, {
      what: 'it to be settled by who has the key',
    });
    expect(await harness.rows('SELECT amount_refunded FROM payment_intents')).toEqual([
      { amount_refunded: '2' },
    ]);
  },
  LONG,
);

test(
  'one that the database refuses waits on alone, says why, and is settled once it can be',
  async () => {
    const bad = refund('pi_bad');
    await harness.startWorker();
    await harness.publish([...Array.from({ length: 30 }, () => refund('pi_bad')), bad]);
    await harness.finished();
    await harness.rows(`
    CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
      IF NEW.gateway_transaction_id = '${refundIdOf(bad)}' THEN RAISE 'refused' USING ERRCODE = '22000'; END IF;
      RETURN NEW;
    END $$`);
    await harness.rows(
      'CREATE TRIGGER refuse BEFORE INSERT ON payment_transactions FOR EACH ROW EXECUTE FUNCTION refuse()',
    );
    await harness.create([payment('pi_bad'), payment('pi_next')]);
    await until(async () => (await countsByStatus()).some(({ count }) => count === 30), {
      what: 'the others to be settled',
    });
    await harness.settled();
    expect(
      await harness.rows(`SELECT webhook_id, error FROM payment_webhooks WHERE status = 'UNMATCHED'`),
    ).toEqual([{ webhook_id: bad.webhookId, error: 'refused' }]);
    await harness.rows('DROP FUNCTION refuse CASCADE');
    await tryAgainNow();
    await until(async () => (await countsByStatus()).length === 1, { what: 'it to be settled' });
  },
  LONG,
);

test(
  'one that conflicts with what is stored, however often it is tried, waits on alone as well',
  async () => {
    const bad = refund('pi_bad');
    await harness.startWorker();
    await harness.publish([bad, refund('pi_next')]);
    await harness.finished();
    await harness.rows(
      `INSERT INTO payment_transaction_keys
         (gateway_provider, type, gateway_object_id, id, transaction_id, payment_intent_id)
       VALUES ('stripe', 'REFUND', $1, gen_random_uuid(), gen_random_uuid(), gen_random_uuid())`,
      [refundIdOf(bad)],
    );
    await harness.create([payment('pi_bad')]);
    await harness.create([payment('pi_next')]);
    await until(async () => (await countsByStatus()).some(({ status }) => status === 'PROCESSED'), {
      what: 'the other to be settled',
      timeoutMs: LONG,
    });
    await harness.settled();
    expect(
      await harness.rows(`SELECT webhook_id, error FROM payment_webhooks WHERE status = 'UNMATCHED'`),
    ).toEqual([{ webhook_id: bad.webhookId, error: expect.stringContaining('of another payment') }]);
  },
  2 * LONG,
);

test(
  'what is cached of a payment goes when what waited for it is settled',
  async () => {
    const row = payment('pi_cached');
    const keys = keysOfPayments([{ ...row, intentId: intentIdOf(row.orderId, row.provider) }]);
    await harness.startWorker();
    await harness.publish([captureOf('pi_cached')]);
    await harness.finished();
    await harness.cache.setAll(keys, 'old', 60);
    await harness.create([row]);
    await until(async () => (await harness.cache.mget(keys)).every((value) => value !== 'old'), {
      what: 'the cache to forget',
    });
  },
  LONG,
);

function refundIdOf({ body }: Delivery): string {
  return JSON.parse(String(body)).data.object.id;
}

/** Makes the next try due. */
async function tryAgainNow(): Promise<void> {
  await harness.rows('UPDATE payment_webhooks SET retry_at = now() WHERE retry_at IS NOT NULL');
  await harness.rows('UPDATE gateway_object_refs SET settle_at = now() WHERE settle_at IS NOT NULL');
}
