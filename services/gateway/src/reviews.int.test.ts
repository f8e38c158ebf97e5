import { afterEach, beforeEach, expect, test } from '@jest/globals';
import type { GatewayOperation, IntentId, ReviewVerdict } from '@payments/domain';
import { commandOn } from '@payments/domain/testing';
import { until } from '@payments/local/testing';
import { giveVerdict, type StoredAttempt } from '@payments/persistence';
import { aCreation } from './testing/a-creation.js';
import { GatewayHarness } from './testing/gateway-harness.js';

let harness: GatewayHarness;
beforeEach(async () => {
  harness = await GatewayHarness.create();
}, 60_000);
afterEach(() => harness.close(), 60_000);

/** Unknown for a fifth of a second suffices for a review, and never suffices as proof. */
const POLICY = { reviewAfterMs: 200, quietMs: 3_600_000 };

async function untilInReview(intentId: IntentId, operation: GatewayOperation): Promise<StoredAttempt> {
  const inReview = async () =>
    (await harness.attempts(intentId)).find(
      (one) => one.operation === operation && one.needsReviewSince !== null,
    );
  return until(inReview, { what: 'a person to be asked', timeoutMs: 60_000 });
}

async function decide(
  { attemptId }: StoredAttempt,
  verdict: ReviewVerdict,
  objectId: string | null = null,
): Promise<void> {
  const given = { attemptId, verdict, objectId, evidence: "the gateway's dashboard", by: 'ada' };
  await harness.database.transaction((em) => giveVerdict(em, given));
  await harness.deliver();
}

test('what stays unknown too long is told, once, and looked for on; a person may end it', async () => {
  harness.fault({ operation: 'payment_intents.create', kind: 'timeout_before' });
  harness.startWorker('stripe', { config: { timeoutMs: 100 }, policy: POLICY });
  const create = aCreation('stripe');
  await harness.command(create);
  const attempt = await untilInReview(create.intentId, 'create');
  expect(attempt.state).toBe('UNKNOWN');
  await until(
    async () => Number((await harness.attempts(create.intentId))[0]?.inquiries) > attempt.inquiries,
    {
      what: 'it to be looked for again',
    },
  );
  await harness.untilCounted('gateway_alerts_total', { reason: 'NEEDS_REVIEW' });
  expect(harness.logged.filter(({ alert }) => alert === 'NEEDS_REVIEW')).toMatchObject([
    { level: 'error', attempt_id: attempt.attemptId, operation: 'create', state: 'UNKNOWN' },
  ]);
  await decide(attempt, 'not-executed');
  expect(await harness.untilFinished(create.intentId)).toEqual([
    '1 create NOT_EXECUTED NOT_EXECUTED',
    '1 confirm NOT_EXECUTED LEG_ENDED',
  ]);
  expect((await harness.intent(create.intentId)).status).toBe('FAILED');
});

test('what a person says was executed and the gateway does not show stays what it was: a call without an answer', async () => {
  harness.fault({ operation: 'payment_intents.create', kind: 'timeout_before' });
  harness.startWorker('stripe', { config: { timeoutMs: 100 }, policy: POLICY });
  const create = aCreation('stripe');
  await harness.command(create);
  const attempt = await untilInReview(create.intentId, 'create');
  const timeout = { type: 'UNKNOWN_OUTCOME', code: 'timeout' };
  expect(attempt).toMatchObject({ state: 'UNKNOWN', lastError: timeout });
  await decide(attempt, 'executed', 'pi_bogus');
  const objected = async () =>
    (await harness.attempts(create.intentId)).find((one) => one.inquiryError?.code === 'VERDICT_NOT_SHOWN');
  expect(await until(objected, { what: 'the object not to be found' })).toMatchObject({
    state: 'UNKNOWN',
    lastError: timeout,
    inquiryError: { type: 'REVIEW' },
    verdict: { verdict: 'executed', objectId: 'pi_bogus' },
  });
});

test('what a person says was executed ends by what the gateway then shows', async () => {
  const worker = harness.startWorker('stripe', { policy: POLICY });
  harness.desk.hold();
  const create = aCreation('stripe', { confirm: false });
  await harness.command(create);
  await harness.untilStatus(create.intentId, 'REQUIRES_CONFIRMATION');
  harness.fault({ operation: 'payment_intents.confirm', kind: 'timeout_after' });
  harness.fault({ operation: 'payment_intents.retrieve', kind: 'unavailable' });
  // Only now: on a busy machine the creation could time out, too.
  worker.configure({ timeoutMs: 300 });
  await harness.command(commandOn(create, 'confirm', { paymentMethodToken: 'pm_card_visa' }));
  const attempt = await untilInReview(create.intentId, 'confirm');
  await decide(attempt, 'executed');
  expect((await harness.attempts(create.intentId))[1]?.state).toBe('UNKNOWN');
  harness.simulator.faults.reset(1);
  await harness.untilStatus(create.intentId, 'SUCCEEDED');
  harness.desk.letGo();
  expect(await harness.untilFinished(create.intentId)).toEqual(['1 create SUCCEEDED', '1 confirm SUCCEEDED']);
  const isFetched = () => harness.logged.some(({ call, state }) => call === 'fetch' && state === 'SUCCEEDED');
  await until(isFetched, { what: 'the log to tell that it was fetched' });
  expect(await harness.ledger(create.intentId)).toMatchObject({ chargeCount: 1 });
});
