import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { IntentId } from '@payments/domain';
import { until } from '@payments/local/testing';
import { aCreation } from './testing/a-creation.js';
import { GatewayHarness } from './testing/gateway-harness.js';

let harness: GatewayHarness;
beforeEach(async () => {
  harness = await GatewayHarness.create();
}, 60_000);
afterEach(() => harness.close(), 60_000);

/** At Stripe, with PayPal as the fallback. */
function withFallback() {
  return aCreation('stripe', {
    amount: { amountMinor: 1999n, currency: 'EUR' },
    fallbacks: [{ gatewayProvider: 'paypal', paymentMethodToken: null }],
  });
}

async function expectPaidAtPayPal(intentId: IntentId): Promise<void> {
  const paid = await harness.untilStatus(intentId, 'SUCCEEDED');
  expect(paid).toMatchObject({ amountCaptured: 1999n });
  const { objects, ...sums } = await harness.ledger(intentId);
  expect(sums).toMatchObject({ chargeCount: 1, charged: 1999 });
  expect(objects.find(({ charges }) => charges.length > 0)).toMatchObject({ provider: 'paypal' });
}

test('a gateway that refuses connections is left for the next', async () => {
  harness.startWorker('stripe');
  harness.startWorker('paypal');
  await harness.down('stripe');
  const create = withFallback();
  await harness.command(create);
  await expectPaidAtPayPal(create.intentId);
  expect(await harness.untilFinished(create.intentId)).toEqual([
    '1 create NOT_EXECUTED connection_refused',
    '1 confirm NOT_EXECUTED LEG_ENDED',
    '2 create SUCCEEDED',
    '2 confirm SUCCEEDED',
  ]);
});

test('what was opened at the gateway that is left is canceled there, and its webhooks change nothing', async () => {
  harness.startWorker('stripe');
  harness.startWorker('paypal');
  harness.fault({ operation: 'payment_intents.confirm', kind: 'rate_limit', retryAfterS: 0 });
  const create = withFallback();
  await harness.command(create);
  await expectPaidAtPayPal(create.intentId);
  const states = await harness.untilFinished(create.intentId);
  expect(states).toEqual(
    expect.arrayContaining([
      '1 create SUCCEEDED',
      expect.stringMatching(/^1 confirm NOT_EXECUTED/),
      '1 cancel SUCCEEDED',
      '2 create SUCCEEDED',
      '2 confirm SUCCEEDED',
    ]),
  );
  const { objects } = await harness.ledger(create.intentId);
  expect(objects).toContainEqual(expect.objectContaining({ provider: 'stripe', status: 'canceled' }));
  await harness.untilWebhooksDelivered();
  expect((await harness.intent(create.intentId)).status).toBe('SUCCEEDED');
});

describe('nothing is tried elsewhere that may have happened, or that would be refused there too:', () => {
  test.each(['decline', 'timeout_before', 'server_error_before', 'reset'] as const)('%s', async (kind) => {
    harness.fault({ provider: 'stripe', operation: 'payment_intents.confirm', kind });
    harness.startWorker('stripe', { config: { timeoutMs: 200 }, policy: { quietMs: 3_600_000 } });
    harness.startWorker('paypal');
    const create = withFallback();
    await harness.command(create);
    await until(async () => /DECLINED|UNKNOWN/.test((await harness.states(create.intentId)).join()), {
      what: 'the confirmation to be declined or unknown',
    });
    expect((await harness.attempts(create.intentId)).every(({ leg }) => leg === 1)).toBe(true);
    expect(harness.requests('orders.create')).toBe(0);
  });
});

describe('while its breaker is open', () => {
  const BREAKER = {
    errorThresholdPercent: 50,
    volumeThreshold: 2,
    windowMs: 60_000,
    resetAfterMs: 3_600_000,
  };

  async function openBreaker(resetAfterMs: number) {
    const worker = harness.startWorker('stripe', {
      config: { breaker: { ...BREAKER, resetAfterMs } },
      // No attempt is given up, however many probes fail before the gateway is up again.
      policy: { retriesMax: 1_000 },
    });
    harness.startWorker('paypal');
    await harness.down('stripe');
    const unlucky = aCreation('stripe');
    await harness.command(unlucky);
    await until(() => worker.line.client.breakerState('payments') === 'OPEN', {
      what: 'the breaker to open',
    });
    return worker;
  }

  test('what has a fallback goes there, the rest waits without using up its tries', async () => {
    await openBreaker(BREAKER.resetAfterMs);
    expect(
      await harness.metric('gateway_breaker_state', { provider: 'stripe', group: 'payments', state: 'OPEN' }),
    ).toBe(1);
    const waiting = aCreation('stripe');
    await harness.command(waiting);
    const create = withFallback();
    await harness.command(create);
    await expectPaidAtPayPal(create.intentId);
    const [first] = await harness.attempts(create.intentId);
    expect(first).toMatchObject({ state: 'NOT_EXECUTED', lastError: { code: 'breaker_open' } });
    expect(first).toMatchObject({ sends: 0, retries: 0 });
    const [waits] = await harness.attempts(waiting.intentId);
    expect(waits).toMatchObject({ state: 'PENDING', sends: 0, retries: 0 });
  });

  test('one call tries whether it is well again, and then the others go on', async () => {
    const worker = await openBreaker(200);
    const waiting = [aCreation('stripe'), aCreation('stripe'), aCreation('stripe')];
    for (const one of waiting) await harness.command(one);
    await harness.up('stripe');
    for (const one of waiting) await harness.untilStatus(one.intentId, 'SUCCEEDED');
    expect(worker.line.client.breakerState('payments')).toBe('CLOSED');
  });
});

describe('a gateway that is switched off', () => {
  test('is not called: what has a fallback goes there, the rest waits until it is on again', async () => {
    const worker = harness.startWorker('stripe');
    harness.startWorker('paypal');
    worker.configure({ enabled: false });
    const [waiting, create] = [aCreation('stripe'), withFallback()];
    await harness.command(waiting);
    await harness.command(create);
    await expectPaidAtPayPal(create.intentId);
    expect(harness.requests('payment_intents.create')).toBe(0);
    expect((await harness.attempts(create.intentId))[0]).toMatchObject({ sends: 0, retries: 0 });
    expect((await harness.attempts(waiting.intentId))[0]).toMatchObject({ state: 'PENDING', retries: 0 });
    worker.configure({ enabled: true });
    await harness.untilStatus(waiting.intentId, 'SUCCEEDED');
  });
});
