import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { type CreateCommand, intentIdOf } from '@payments/domain';
import { commandOn } from '@payments/domain/testing';
import { until } from '@payments/local/testing';
import { aCreation } from './testing/a-creation.js';
import { AnswerGate } from './testing/answer-gate.js';
import { GatewayHarness } from './testing/gateway-harness.js';

const DAY_MS = 24 * 3_600_000;

let harness: GatewayHarness;
beforeEach(async () => {
  harness = await GatewayHarness.create({ settlementDelayMs: DAY_MS });
}, 60_000);
afterEach(() => harness.close(), 60_000);

/** A payment that ends here while its confirmation is out, which Stripe then says is being processed. */
async function endedWhileConfirmed(
  paymentMethodToken: string,
  ending: 'cancel' | 'expire' = 'cancel',
): Promise<CreateCommand> {
  const gate = await AnswerGate.open(harness.urls.stripe);
  harness.onClose(() => gate.close());
  gate.hold('/confirm');
  harness.desk.hold();
  harness.startWorker('stripe', {
    urls: { ...harness.urls, stripe: gate.url },
    config: { timeoutMs: 20_000 },
    // A refused cancellation is tried again when a test says so.
    policy: { heldFirstMs: DAY_MS, heldForGatewayCapMs: DAY_MS },
  });
  const expiresAt = ending === 'expire' ? Date.now() + 500 : null;
  const create = aCreation('stripe', { paymentMethodToken, expiresAt });
  await harness.command(create);
  await until(() => Date.now() > Number(expiresAt), { what: 'its time to pass' });
  await until(() => gate.heldCount === 1, { what: 'the confirmation to be done' });
  await harness.command(commandOn(create, ending));
  gate.letGo();
  await untilRefused(create);
  return create;
}

async function untilRefused({ intentId }: CreateCommand): Promise<void> {
  await until(async () => (await harness.states(intentId)).includes('1 cancel PENDING STILL_PROCESSING'), {
    what: 'the cancellation to be refused',
  });
}

/** Another payment of the order, by card. */
async function another({ orderId }: CreateCommand): Promise<CreateCommand> {
  const next = aCreation('stripe', { orderId, attempt: 2, intentId: intentIdOf(orderId, 'stripe', 2) });
  await harness.command(next);
  await harness.untilStatus(next.intentId, 'REQUIRES_CONFIRMATION');
  await untilHeld(next);
  return next;
}

async function untilHeld({ intentId }: CreateCommand): Promise<void> {
  await until(async () => (await harness.attempts(intentId)).some(({ heldSince }) => heldSince !== null), {
    what: 'its call to wait',
  });
}

/** Stripe has decided, and its webhooks arrive. */
function settle(): void {
  harness.simulator.clock.advance(DAY_MS);
  harness.desk.letGo();
}

const eventsOf = ({ intentId }: CreateCommand) =>
  harness.rows<{ type: string; status: string; code: string | null; command: string | null }>(
    `SELECT payload->>'type' AS type, payload->>'status' AS status, payload->'lastError'->>'code' AS code,
       payload->>'commandId' AS command
     FROM outbox WHERE key = $1 AND topic = 'payment.intent.events' ORDER BY id`,
    [intentId],
  );

describe('Stripe takes the money of a payment that ended here', () => {
  test.each(['cancel', 'expire'] as const)(
    'after %s: the next payment of the order waits, and ends once the first one has paid',
    async (ending) => {
      const first = await endedWhileConfirmed('pm_usBankAccount_success', ending);
      const next = await another(first);
      settle();
      await harness.untilStatus(first.intentId, 'SUCCEEDED');
      expect(await harness.untilStatus(next.intentId, 'FAILED')).toMatchObject({
        lastError: { code: 'ORDER_HAS_ANOTHER' },
      });
      await harness.asIfTimePassed();
      expect((await harness.untilFinished(first.intentId)).at(-1)).toBe(
        '1 cancel NOT_EXECUTED ALREADY_CAPTURED',
      );
      expect((await eventsOf(first)).at(-1)).toMatchObject({ type: 'late_success', status: 'SUCCEEDED' });
      expect(await harness.ledger(first.intentId)).toMatchObject({ chargeCount: 1 });
      expect(await harness.ledger(next.intentId)).toMatchObject({ chargeCount: 0 });
    },
  );

  test('its next payment is not opened at Razorpay, where its customer could pay at once', async () => {
    const first = await endedWhileConfirmed('pm_usBankAccount_success');
    const { orderId } = first;
    harness.startWorker('razorpay');
    const next = aCreation('razorpay', { orderId, intentId: intentIdOf(orderId, 'razorpay', 1) });
    await harness.command(next);
    await untilHeld(next);
    settle();
    expect(await harness.untilStatus(next.intentId, 'FAILED')).toMatchObject({
      lastError: { code: 'ORDER_HAS_ANOTHER' },
    });
    expect(harness.requests('orders.create')).toBe(0);
  });

  test('and fails: the first one is canceled at Stripe, and the next one is charged', async () => {
    const first = await endedWhileConfirmed('pm_usBankAccount_insufficientFunds');
    const next = await another(first);
    settle();
    await harness.untilWebhooksDelivered();
    await harness.asIfTimePassed();
    expect((await harness.untilFinished(first.intentId)).at(-1)).toBe('1 cancel SUCCEEDED');
    expect(await harness.intent(first.intentId)).toMatchObject({ status: 'CANCELED', lastError: null });
    await harness.untilStatus(next.intentId, 'SUCCEEDED');
    expect(await harness.ledger(first.intentId)).toMatchObject({
      chargeCount: 0,
      objects: [{ status: 'canceled' }],
    });
    expect(await harness.ledger(next.intentId)).toMatchObject({ chargeCount: 1 });
  });

  test('who canceled it is told that Stripe refused, once, and again when it is canceled', async () => {
    const first = await endedWhileConfirmed('pm_usBankAccount_insufficientFunds');
    const refusals = harness.requests('payment_intents.cancel');
    await harness.asIfTimePassed();
    await until(() => harness.requests('payment_intents.cancel') > refusals, { what: 'another try' });
    await untilRefused(first);
    settle();
    await harness.asIfTimePassed();
    await harness.untilFinished(first.intentId);
    const command = (await harness.attempts(first.intentId)).at(-1)?.commandId;
    expect((await eventsOf(first)).slice(-3)).toEqual([
      { type: 'canceled', status: 'CANCELED', code: null, command },
      { type: 'call_failed', status: 'CANCELED', code: 'STILL_PROCESSING', command },
      { type: 'canceled', status: 'CANCELED', code: null, command },
    ]);
  });

  test('a cancellation that learns of it from Stripe itself brings the money into the books', async () => {
    const first = await endedWhileConfirmed('pm_usBankAccount_success');
    harness.simulator.clock.advance(DAY_MS);
    await harness.asIfTimePassed();
    expect((await harness.untilFinished(first.intentId)).at(-1)).toBe('1 cancel FAILED ALREADY_CAPTURED');
    expect((await eventsOf(first)).slice(-2)).toMatchObject([
      { type: 'late_success', status: 'SUCCEEDED' },
      { type: 'call_failed', status: 'SUCCEEDED', code: 'ALREADY_CAPTURED' },
    ]);
    expect(await harness.metric('gateway_alerts_total', { provider: 'stripe' })).toBe(0);
  });

  test('the cancellation goes on however long that takes, also after an outage', async () => {
    const first = await endedWhileConfirmed('pm_usBankAccount_insufficientFunds');
    await harness.rows(`UPDATE gateway_attempts SET asked_at = now() - interval '9 days'`);
    for (const kind of ['rate_limit', 'unavailable'] as const) {
      const tries = harness.requests('payment_intents.cancel');
      harness.fault({ operation: 'payment_intents.cancel', kind, times: 1 });
      await harness.asIfTimePassed();
      await until(() => harness.requests('payment_intents.cancel') > tries, { what: 'another try' });
      await untilRefused(first);
    }
    settle();
    await harness.asIfTimePassed();
    expect((await harness.untilFinished(first.intentId)).at(-1)).toBe('1 cancel SUCCEEDED');
  });

  test('nobody is called, since nobody did anything wrong', async () => {
    await endedWhileConfirmed('pm_usBankAccount_success');
    await until(() => harness.logged.some(({ code }) => code === 'STILL_PROCESSING'), { what: 'its line' });
    expect(await harness.metric('gateway_alerts_total', { provider: 'stripe' })).toBe(0);
  });
});
