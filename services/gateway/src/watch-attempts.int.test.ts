import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { until } from '@payments/local/testing';
import { createLogger } from '@payments/runtime';
import { aCreation } from './testing/a-creation.js';
import { GatewayHarness } from './testing/gateway-harness.js';
import { watchAttempts } from './watch-attempts.js';

let harness: GatewayHarness;
beforeEach(async () => {
  harness = await GatewayHarness.create();
}, 60_000);
afterEach(() => harness.close(), 60_000);

test("gauges tell what waits, what is unknown and for how long, of their gateway's attempts alone", async () => {
  const logger = createLogger({ service: 'test', level: 'silent' });
  const line = { provider: 'stripe' as const, isLeftAlone: false };
  harness.onClose(watchAttempts(harness.database, harness.metrics, logger, line, 20));
  await harness.command(aCreation('paypal'));
  const gauge = (name: string) => harness.metric(name, { provider: 'stripe' });

  await harness.command(aCreation('stripe'));
  await until(async () => (await gauge('gateway_attempts_waiting')) === 2, {
    what: 'create and confirm to wait',
  });
  await until(async () => (await gauge('gateway_attempts_overdue_seconds')) > 0, {
    what: 'one to be overdue',
  });
  line.isLeftAlone = true;
  await until(async () => (await gauge('gateway_attempts_overdue_seconds')) === 0, {
    what: 'none to be overdue: calls wait because the gateway is left alone',
  });
  expect(await gauge('gateway_attempts_waiting')).toBe(2);
  expect(await gauge('gateway_unknown_outcomes')).toBe(0);

  harness.fault({ operation: 'payment_intents.create', kind: 'timeout_before' });
  const policy = { quietMs: 3_600_000, reviewAfterMs: 50 };
  harness.startWorker('stripe', { config: { timeoutMs: 100 }, policy });
  await until(async () => (await gauge('gateway_unknown_outcomes')) === 1, { what: 'an unknown outcome' });
  await until(async () => (await gauge('gateway_unknown_outcome_oldest_age_seconds')) > 0, {
    what: 'its age',
  });
  await until(async () => (await gauge('gateway_reviews_open')) === 1, { what: 'a person to be asked' });
  expect(await gauge('gateway_attempts_waiting')).toBe(1);
});
