import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { commandOn } from '@payments/domain/testing';
import { until } from '@payments/local/testing';
import { aCreation } from './testing/a-creation.js';
import { GatewayHarness } from './testing/gateway-harness.js';

let harness: GatewayHarness;
beforeEach(async () => {
  harness = await GatewayHarness.create();
}, 60_000);
afterEach(() => harness.close(), 60_000);

test('a call that provably was not executed is tried again, under the same key', async () => {
  harness.fault({ operation: 'payment_intents.create', kind: 'rate_limit', times: 2, retryAfterS: 0 });
  harness.startWorker('stripe');
  const create = aCreation('stripe');
  await harness.command(create);
  await harness.untilStatus(create.intentId, 'SUCCEEDED');
  const [attempt] = await harness.attempts(create.intentId);
  expect(attempt).toMatchObject({
    operation: 'create',
    state: 'SUCCEEDED',
    retries: 2,
    sends: 3,
    keyRound: 1,
  });
  await harness.untilCounted('gateway_retry_successes_total', { operation: 'create' });
  expect(await harness.metric('gateway_errors_total', { type: 'RATE_LIMIT_ERROR' })).toBe(2);
});

test('a gateway that asks to be left alone is, for as long as it asked', async () => {
  harness.fault({ operation: 'payment_intents.create', kind: 'rate_limit', times: 1, retryAfterS: 40 });
  harness.startWorker('stripe');
  const create = aCreation('stripe');
  await harness.command(create);
  const attempt = await until(
    async () => (await harness.attempts(create.intentId)).find(({ retries }) => retries === 1),
    { what: 'the first try to fail' },
  );
  expect(attempt.state).toBe('PENDING');
  expect(attempt.dueAt - Number(attempt.lastSentAt)).toBeGreaterThanOrEqual(40_000);
  expect(harness.requests('payment_intents.create')).toBe(1);
  await harness.asIfTimePassed();
  await harness.untilStatus(create.intentId, 'SUCCEEDED');
});

test('a creation is tried four times, then the intent fails and what was to follow ends with it', async () => {
  harness.fault({ operation: 'payment_intents.create', kind: 'rate_limit', retryAfterS: 0 });
  harness.startWorker('stripe');
  const create = aCreation('stripe');
  await harness.command(create);
  const failed = await harness.untilStatus(create.intentId, 'FAILED');
  expect(failed.lastError).not.toBeNull();
  expect(harness.requests('payment_intents.create')).toBe(4);
  expect(await harness.untilFinished(create.intentId)).toEqual([
    expect.stringMatching(/^1 create NOT_EXECUTED/),
    '1 confirm NOT_EXECUTED LEG_ENDED',
  ]);
});

test('a capture, for which nobody waits at a checkout, goes on being tried', async () => {
  harness.startWorker('stripe');
  const create = aCreation('stripe', { captureMethod: 'manual' });
  await harness.command(create);
  await harness.untilStatus(create.intentId, 'REQUIRES_CAPTURE');
  harness.fault({ operation: 'payment_intents.capture', kind: 'rate_limit', times: 6, retryAfterS: 0 });
  await harness.command(commandOn(create, 'capture'));
  await harness.untilStatus(create.intentId, 'SUCCEEDED');
  expect(harness.requests('payment_intents.capture')).toBe(7);
});

test('what must not be begun any more is not', async () => {
  const worker = harness.startWorker('stripe', { config: { enabled: false } });
  const create = aCreation('stripe', { notAfter: Date.now() + 3_600_000 });
  await harness.command(create);
  await harness.asIfOutOfTime();
  worker.configure({ enabled: true });
  expect((await harness.untilFinished(create.intentId))[0]).toBe('1 create NOT_EXECUTED COMMAND_EXPIRED');
  expect(harness.requests('payment_intents.create')).toBe(0);
  expect(await harness.intent(create.intentId)).toMatchObject({
    status: 'FAILED',
    lastError: { code: 'COMMAND_EXPIRED' },
  });
});

test('a canceled payment is let go at its gateway however late, since it is not wanted any more', async () => {
  const worker = harness.startWorker('stripe');
  const create = aCreation('stripe', { captureMethod: 'manual' });
  await harness.command(create);
  await harness.untilStatus(create.intentId, 'REQUIRES_CAPTURE');
  worker.configure({ enabled: false });
  const cancel = commandOn(create, 'cancel', { notAfter: Date.now() + 300 });
  await harness.command(cancel);
  await until(() => Date.now() > Number(cancel.notAfter), { what: 'its time to pass' });
  worker.configure({ enabled: true });
  expect((await harness.untilFinished(create.intentId)).at(-1)).toBe('1 cancel SUCCEEDED');
  expect(harness.requests('payment_intents.cancel')).toBe(1);
});

test('a cancellation that cannot be made for a day ends, which its requester and a person are told', async () => {
  harness.startWorker('stripe');
  const create = aCreation('stripe', { captureMethod: 'manual' });
  await harness.command(create);
  await harness.untilStatus(create.intentId, 'REQUIRES_CAPTURE');
  harness.fault({ operation: 'payment_intents.cancel', kind: 'rate_limit', retryAfterS: 3_600 });
  await harness.command(commandOn(create, 'cancel'));
  const retries = async () => (await harness.attempts(create.intentId)).at(-1)?.retries;
  await until(async () => (await retries()) === 1, { what: 'the first try to fail' });
  await harness.rows(`UPDATE gateway_attempts SET asked_at = now() - interval '1 day', retries = 3
    WHERE operation = 'cancel'`);
  await harness.asIfTimePassed();
  expect((await harness.untilFinished(create.intentId)).at(-1)).toMatch(/^1 cancel NOT_EXECUTED /);
  expect((await harness.intent(create.intentId)).lastError).not.toBeNull();
  await harness.untilCounted('gateway_alerts_total', { reason: 'NOT_CANCELED' });
  const [line] = harness.logged.filter(({ alert }) => alert === 'NOT_CANCELED');
  expect(line).toMatchObject({ level: 'error', operation: 'cancel', state: 'NOT_EXECUTED' });
});

describe('what only we can mend is told loudly, and never tried again', () => {
  test('a request that the gateway refuses', async () => {
    harness.startWorker('stripe');
    const create = aCreation('stripe', { paymentMethodToken: 'pm_unheard_of' });
    await harness.command(create);
    await harness.untilStatus(create.intentId, 'FAILED');
    await harness.untilCounted('gateway_alerts_total', { reason: 'INVALID_REQUEST' });
    const [line] = harness.logged.filter(({ alert }) => alert === 'INVALID_REQUEST');
    expect(line).toMatchObject({ level: 'error', operation: 'create', state: 'FAILED', http_status: 404 });
    expect((await harness.intent(create.intentId)).lastError).not.toBeNull();
  });

  test('credentials that the gateway does not accept', async () => {
    harness.startWorker('stripe', { urls: { ...harness.urls, stripe: await harness.strictStripe() } });
    const create = aCreation('stripe');
    await harness.command(create);
    await harness.untilStatus(create.intentId, 'FAILED');
    await harness.untilCounted('gateway_alerts_total', { reason: 'AUTHENTICATION_ERROR' });
    const [line] = harness.logged.filter(({ alert }) => alert === 'AUTHENTICATION_ERROR');
    expect(line).toMatchObject({ level: 'error', operation: 'create', http_status: 401 });
  });
});
