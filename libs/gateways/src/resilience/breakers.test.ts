import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { sleep } from '@payments/runtime';
import { gatewayErrorOf } from '../testing/conformance/gateway-error-of.js';
import { stripeSubject } from '../testing/conformance/stripe-subject.js';
import { TestGateways } from '../testing/conformance/test-gateways.js';
import { paymentBefore, TestPayment } from '../testing/conformance/test-payment.js';
import { type BreakerSettings, type BreakerState, type GuardedClient, withBreakers } from './breakers.js';

const RETRIEVE = 'payment_intents.retrieve';
/** Longer than any test: an open breaker stays open. */
const NEVER_MS = 600_000;
const SETTINGS: BreakerSettings = {
  errorThresholdPercent: 50,
  volumeThreshold: 4,
  windowMs: NEVER_MS,
  resetAfterMs: NEVER_MS,
};

let gateways: TestGateways;
let guarded: GuardedClient[];
let changes: string[];

beforeAll(async () => {
  gateways = await TestGateways.start();
});
beforeEach(async () => {
  await gateways.reset();
  guarded = [];
  changes = [];
});
afterEach(() => {
  for (const client of guarded) client.close();
});
afterAll(() => gateways.close());

function guard(settings: Partial<BreakerSettings> = {}): GuardedClient {
  const client = withBreakers(
    gateways.client(stripeSubject),
    { ...SETTINGS, ...settings },
    ({ provider, group, state }) => changes.push(`${provider} ${group} ${state}`),
  );
  guarded.push(client);
  return client;
}

async function fail(client: GuardedClient, times: number): Promise<void> {
  for (let i = 0; i < times; i++) {
    gateways.strikeOnce('stripe', RETRIEVE, 'unavailable');
    expect((await gatewayErrorOf(client.fetch('pi_any'))).type).toBe('API_ERROR');
  }
}

async function succeed(client: GuardedClient, times: number): Promise<void> {
  for (let i = 0; i < times; i++) expect(await client.fetch('pi_any')).toBeNull();
}

async function expectRefused(client: GuardedClient): Promise<void> {
  const { requests } = gateways.countOf('stripe', RETRIEVE);
  const error = await gatewayErrorOf(client.fetch('pi_any'));
  expect(error).toMatchObject({ type: 'API_CONNECTION_ERROR', failure: { code: 'breaker_open' } });
  expect(error.isProvablyNotExecuted).toBe(true);
  expect(gateways.countOf('stripe', RETRIEVE).requests).toBe(requests);
}

async function untilState(client: GuardedClient, state: BreakerState): Promise<void> {
  while (client.breakerState('reads') !== state) await sleep(2);
}

describe('a breaker', () => {
  test('opens at the configured percentage of failures, and lets no call through', async () => {
    const client = guard();
    await succeed(client, 2);
    await fail(client, 1);
    expect(client.breakerState('reads')).toBe('CLOSED');
    await fail(client, 1);
    expect(client.breakerState('reads')).toBe('OPEN');
    expect(changes).toEqual(['stripe reads OPEN']);
    await expectRefused(client);
  });

  test('stays closed below that percentage, and with too few calls', async () => {
    const client = guard();
    await fail(client, 3);
    expect(client.breakerState('reads')).toBe('CLOSED');
    const other = guard();
    await succeed(other, 4);
    await fail(other, 3);
    expect(other.breakerState('reads')).toBe('CLOSED');
    expect(changes).toEqual([]);
  });

  test('opens at 100 % failures, if that is configured', async () => {
    const client = guard({ errorThresholdPercent: 100 });
    await fail(client, 4);
    expect(client.breakerState('reads')).toBe('OPEN');
  });

  test('lets one trial call through after a while, and closes if that succeeds', async () => {
    const client = guard({ resetAfterMs: 20 });
    await fail(client, 4);
    await untilState(client, 'HALF_OPEN');
    const probe = client.fetch('pi_any');
    await expectRefused(client);
    expect(await probe).toBeNull();
    expect(client.breakerState('reads')).toBe('CLOSED');
    expect(changes).toEqual(['stripe reads OPEN', 'stripe reads HALF_OPEN', 'stripe reads CLOSED']);
    await succeed(client, 1);
  });

  test('opens again if the trial call fails', async () => {
    const client = guard({ resetAfterMs: 20 });
    await fail(client, 4);
    await untilState(client, 'HALF_OPEN');
    await fail(client, 1);
    expect(changes.slice(0, 3)).toEqual(['stripe reads OPEN', 'stripe reads HALF_OPEN', 'stripe reads OPEN']);
  });

  test('is separate for each group of calls and each client', async () => {
    const [client, other] = [guard(), guard()];
    await fail(client, 4);
    expect([client.breakerState('reads'), other.breakerState('reads')]).toEqual(['OPEN', 'CLOSED']);
    const payment = await paymentBefore('refund', { gateways, subject: stripeSubject, client });
    for (let i = 0; i < 4; i++) {
      gateways.strikeOnce('stripe', 'refunds.create', 'unavailable');
      expect((await gatewayErrorOf(payment.send('refund'))).type).toBe('UNKNOWN_OUTCOME');
    }
    expect((await gatewayErrorOf(payment.send('refund'))).failure.code).toBe('breaker_open');
    expect(client.breakerState('payments')).toBe('CLOSED');
    await new TestPayment({ gateways, subject: stripeSubject, client }).untilConfirmed();
    expect(changes).toEqual(['stripe reads OPEN', 'stripe refunds OPEN']);
  });

  test('does not count declines and invalid requests as failures', async () => {
    const client = guard({ volumeThreshold: 1 });
    const payment = await paymentBefore('confirm', { gateways, subject: stripeSubject, client });
    for (let i = 0; i < 10; i++) {
      const declined = payment.send('confirm', { paymentMethodToken: 'pm_card_chargeDeclined' });
      expect((await gatewayErrorOf(declined)).type).toBe('CARD_DECLINED');
      const wrong = payment.send('confirm', { paymentMethodToken: 'pm_card_none' });
      expect((await gatewayErrorOf(wrong)).type).toBe('INVALID_REQUEST');
    }
    expect(client.breakerState('payments')).toBe('CLOSED');
    await payment.send('confirm');
  });
});

describe('settings that change', () => {
  test('apply to the calls that follow', async () => {
    const client = guard({ volumeThreshold: 100 });
    await fail(client, 5);
    client.setBreakers({ ...SETTINGS, volumeThreshold: 2 });
    expect(client.breakerState('reads')).toBe('CLOSED');
    await fail(client, 2);
    expect(client.breakerState('reads')).toBe('OPEN');
  });

  test('leave an open breaker open, for the new time', async () => {
    const client = guard();
    await fail(client, 4);
    client.setBreakers({ ...SETTINGS, resetAfterMs: 20 });
    expect(client.breakerState('payments')).toBe('CLOSED');
    expect(['OPEN', 'HALF_OPEN']).toContain(client.breakerState('reads'));
    await untilState(client, 'HALF_OPEN');
    await succeed(client, 1);
    expect(client.breakerState('reads')).toBe('CLOSED');
  });

  test('do not affect running calls', async () => {
    const client = guard();
    gateways.strikeOnce('stripe', RETRIEVE, 'slow', { delayMs: 50 });
    const underWay = client.fetch('pi_any');
    client.setBreakers({ ...SETTINGS, volumeThreshold: 2 });
    expect(await underWay).toBeNull();
  });
});
