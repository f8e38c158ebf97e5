import { afterEach, beforeEach, expect, test } from '@jest/globals';
import type { IntentId } from '@payments/domain';
import { until } from '@payments/local/testing';
import { aCreation } from './testing/a-creation.js';
import { GatewayHarness } from './testing/gateway-harness.js';

let harness: GatewayHarness;
beforeEach(async () => {
  harness = await GatewayHarness.create();
}, 60_000);
afterEach(() => harness.close(), 60_000);

function untilUnknown(intentId: IntentId) {
  return until(async () => (await harness.states(intentId))[0]?.includes('UNKNOWN'), {
    what: 'the outcome to be unknown',
  });
}

test('who asked for what its gateway was not sent in time is told, though the gateway is not called', async () => {
  harness.startWorker('stripe', { config: { enabled: false } });
  const create = aCreation('stripe', { notAfter: Date.now() + 3_600_000 });
  await harness.command(create);
  await harness.asIfOutOfTime();
  const failed = await harness.untilStatus(create.intentId, 'FAILED');
  expect(failed.lastError).toMatchObject({ code: 'COMMAND_EXPIRED' });
  expect(await harness.states(create.intentId)).toEqual([
    '1 create NOT_EXECUTED COMMAND_EXPIRED',
    '1 confirm NOT_EXECUTED LEG_ENDED',
  ]);
  const told = `SELECT payload ->> 'type' AS type FROM outbox WHERE topic = 'payment.intent.events' ORDER BY version`;
  expect(await harness.rows(told)).toEqual([{ type: 'created' }, { type: 'failed' }]);
  expect(harness.requests('payment_intents.create')).toBe(0);
});

test('a person is asked on time about what was unknown when its gateway was switched off', async () => {
  const policy = { reviewAfterMs: 2_000, quietMs: 3_600_000 };
  const worker = harness.startWorker('stripe', { policy, config: { timeoutMs: 100 } });
  harness.fault({ operation: 'payment_intents.create', kind: 'timeout_after' });
  harness.fault({ operation: 'payment_intents.search', kind: 'unavailable' });
  const create = aCreation('stripe');
  await harness.command(create);
  await untilUnknown(create.intentId);
  worker.configure({ enabled: false });
  const attempt = await until(
    async () => (await harness.attempts(create.intentId)).find((one) => one.needsReviewSince !== null),
    { what: 'a person to be asked' },
  );
  const { unknownSince, needsReviewSince } = attempt;
  expect(Number(needsReviewSince) - Number(unknownSince)).toBeGreaterThanOrEqual(policy.reviewAfterMs);
  expect(attempt).toMatchObject({
    state: 'UNKNOWN',
    lastError: { type: 'UNKNOWN_OUTCOME' },
    inquiryError: { code: 'gateway_disabled' },
  });
});
