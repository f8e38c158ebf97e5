import { afterEach, beforeEach, expect, test } from '@jest/globals';
import type { IntentId } from '@payments/domain';
import { until } from '@payments/local/testing';
import { readUnknownOutcomes, resolveAttempt, type StoredAttempt } from '@payments/persistence';
import { aCreation } from './testing/a-creation.js';
import { GatewayHarness } from './testing/gateway-harness.js';

let harness: GatewayHarness;
beforeEach(async () => {
  harness = await GatewayHarness.create();
}, 60_000);
afterEach(() => harness.close(), 60_000);

const HOUR_MS = 3_600_000;

test('what was not begun when its intent was archived waits for it, and keeps nobody busy', async () => {
  const create = aCreation('stripe');
  await harness.command(create);
  const attach = await archive(create.intentId);
  harness.startWorker('stripe', { policy: { reviewInquiryMs: HOUR_MS } });
  const attempt = await untilPutOff(create.intentId);
  expect(attempt).toMatchObject({ state: 'PENDING', sends: 0, needsReviewSince: null });
  expect(attempt.dueAt).toBeGreaterThan(Date.now() + HOUR_MS / 2);
  await harness.untilCounted('gateway_alerts_total', { reason: 'INTENT_ARCHIVED' });
  expect(await harness.metric('gateway_attempt_failures_total', {})).toBe(0);

  await attach();
  await harness.asIfTimePassed();
  await harness.untilStatus(create.intentId, 'SUCCEEDED');
  expect(await harness.ledger(create.intentId)).toMatchObject({ chargeCount: 1 });
});

test('what had been sent is shown to a person, who is told what to do first, and goes on after that', async () => {
  harness.fault({ operation: 'payment_intents.create', kind: 'drop_reply', nth: 1 });
  const policy = {
    inquiryFirstMs: HOUR_MS,
    inquiryCapMs: HOUR_MS,
    quietMs: 2 * HOUR_MS,
    reviewInquiryMs: HOUR_MS,
  };
  harness.startWorker('stripe', { policy });
  const create = aCreation('stripe');
  await harness.command(create);
  await until(
    async () => (await harness.attempts(create.intentId)).some(({ state }) => state === 'UNKNOWN'),
    {
      what: 'the answer to be missing',
    },
  );
  const attach = await archive(create.intentId);
  await harness.asIfTimePassed();
  const { attemptId, state, lastError } = await untilPutOff(create.intentId);
  expect({ state, type: lastError?.type }).toEqual({ state: 'UNKNOWN', type: 'UNKNOWN_OUTCOME' });
  const shown = await readUnknownOutcomes(harness.database.primary, { countMax: 10 });
  expect(shown).toMatchObject([{ attemptId, orderId: create.orderId, currency: null, intentAmount: null }]);
  const found = { verdict: 'not-executed', evidence: 'the dashboard', by: 'ada', objectId: null } as const;
  await expect(
    harness.database.transaction((em) => resolveAttempt(em, { attemptId, ...found })),
  ).rejects.toThrow('is archived: attach its partition');

  await attach();
  await harness.asIfTimePassed();
  await harness.untilStatus(create.intentId, 'SUCCEEDED');
  expect(await harness.ledger(create.intentId)).toMatchObject({ chargeCount: 1 });
});

function untilPutOff(intentId: IntentId): Promise<StoredAttempt> {
  return until(
    async () =>
      (await harness.attempts(intentId)).find(({ inquiryError }) => inquiryError?.code === 'INTENT_ARCHIVED'),
    { what: 'it to be put off' },
  );
}

/** Detaches the partition of an intent. @returns a function that attaches it again */
async function archive(intentId: IntentId): Promise<() => Promise<unknown>> {
  const [{ partition, bounds } = { partition: '', bounds: '' }] = await harness.rows<Record<string, string>>(
    `SELECT class.oid::regclass::text AS partition, pg_get_expr(class.relpartbound, class.oid) AS bounds
     FROM payment_intents intent JOIN pg_class class ON class.oid = intent.tableoid WHERE intent_id = $1`,
    [intentId],
  );
  await harness.rows(`ALTER TABLE payment_intents DETACH PARTITION ${partition}`);
  return () => harness.rows(`ALTER TABLE payment_intents ATTACH PARTITION ${partition} ${bounds}`);
}
