import { randomUUID } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import type { AttemptId } from '@payments/domain';
import { readAuditLog } from '../audit/audit-log.js';
import type { CreatedPayment } from '../payments/create-payments.js';
import { readTimeline } from '../reads/read-timeline.js';
import { captured, type TestLedger, webhookOf } from '../testing/deliveries.js';
import { makeUnknownAttempt, type UnknownAttempt } from '../testing/unknown-attempts.js';
import { useLedger } from '../testing/use-ledger.js';
import { attemptJson, unknownOutcomeJson } from './attempt-json.js';
import type { GivenVerdict } from './give-verdict.js';
import { readAttempt } from './read-attempts.js';
import { readUnknownOutcomes, type UnknownOutcomeFilter } from './read-unknown-outcomes.js';
import { resolveAttempt } from './resolve-attempt.js';

let ledger: TestLedger;
useLedger((opened) => {
  ledger = opened;
});

const DAY_MS = 86_400_000;
const EVIDENCE = { evidence: 'the dashboard shows nothing', by: 'ada', objectId: null };

test('reviews are listed with the data of their payments, longest unknown first', async () => {
  const [older, newer] = [await stripePayment({ orderId: 'order-1' }), await stripePayment()];
  const second = await unknown(newer, { sentAt: daysAgo(2) });
  const first = await unknown(older, { operation: 'capture', amount: 500n, sentAt: daysAgo(3) });
  await unknown(await stripePayment(), { needsReviewSince: null, sentAt: daysAgo(4) });
  const found = await outcomes();
  expect(found.map(({ attemptId }) => attemptId)).toEqual([first, second]);
  expect(unknownOutcomeJson(found[0] as (typeof found)[0])).toEqual({
    attemptId: first,
    intentId: older.intentId,
    commandId: expect.any(String),
    gatewayProvider: 'stripe',
    leg: 1,
    operation: 'capture',
    amount: 500,
    state: 'UNKNOWN',
    sends: 1,
    inquiries: 0,
    askedAt: expect.any(Date),
    lastSentAt: expect.any(Date),
    unknownSince: expect.any(Date),
    needsReviewSince: expect.any(Date),
    finishedAt: null,
    verdict: null,
    lastError: { type: 'UNKNOWN_OUTCOME', code: 'timeout', message: 'no answer' },
    inquiryError: null,
    orderId: 'order-1',
    currency: 'USD',
    intentAmount: 1999,
  });
  expect(await outcomes({ beforeReviewToo: true })).toHaveLength(3);
  expect(await outcomes({ provider: 'paypal' })).toEqual([]);
});

test('pages have neither gaps nor repetitions, also among entries of the same time', async () => {
  const sentAt = daysAgo(2);
  const made = await Promise.all(
    Array.from({ length: 7 }, async (_, index) =>
      unknown(await stripePayment(), { sentAt: index < 5 ? sentAt : daysAgo(1 + index) }),
    ),
  );
  const seen: AttemptId[] = [];
  let page = await outcomes({ countMax: 2 });
  for (let after = page.at(-1); after !== undefined; after = page.at(-1)) {
    seen.push(...page.map(({ attemptId }) => attemptId));
    page = await outcomes({ countMax: 2, after });
  }
  expect(seen).toHaveLength(7);
  expect(new Set(seen)).toEqual(new Set(made));
});

test('the verdict not-executed ends the attempt, with an event and an audit entry', async () => {
  const payment = await stripePayment();
  const attemptId = await unknown(payment);
  const { after } = await resolve(attemptId, { verdict: 'not-executed' });
  expect(after).toMatchObject({ state: 'NOT_EXECUTED', finishedAt: expect.any(Number) });
  expect(await outcomes()).toEqual([]);
  expect((await ledger.load(payment.id)).payment.intent).toMatchObject({ version: 2 });
  const [act] = await audited(attemptId);
  expect(act).toMatchObject({
    by: 'ada',
    reason: 'the dashboard shows nothing',
    action: 'review.resolve',
    before: { state: 'UNKNOWN', verdict: null },
    after: { state: 'NOT_EXECUTED', verdict: 'not-executed' },
  });
});

test('after the verdict executed, the attempt stays open until its worker has fetched the facts', async () => {
  const attemptId = await unknown(await stripePayment(), { operation: 'refund', amount: 100n });
  const { settled, after } = await resolve(attemptId, { verdict: 'executed', objectId: 're_1' });
  expect(settled).toBeNull();
  expect(attemptJson(after)).toMatchObject({
    state: 'UNKNOWN',
    verdict: {
      verdict: 'executed',
      objectId: 're_1',
      by: 'ada',
      evidence: EVIDENCE.evidence,
      at: expect.any(Date),
    },
  });
  expect((await audited(attemptId))[0]).toMatchObject({ after: { verdict: 'executed', objectId: 're_1' } });
});

describe('the object named in a verdict', () => {
  const refund = { operation: 'refund', amount: 100n } as const;
  const executed = (attemptId: AttemptId, objectId: string) =>
    resolve(attemptId, { verdict: 'executed', objectId });

  test('can settle one refund of a payment only, however similar they are', async () => {
    const payment = await stripePayment();
    const one = await unknown(payment, refund);
    await executed(one, 're_wrong');
    await ledger.rows(`UPDATE gateway_attempts SET inquiry_error = '{"code": "VERDICT_NOT_SHOWN"}'`);
    // A wrong verdict can be corrected: nothing is known against the new one yet.
    expect((await executed(one, 're_1')).after.inquiryError).toBeNull();
    await ledger.rows(
      `UPDATE gateway_attempts SET state = 'SUCCEEDED', finished_at = now(), refund_id = 're_1' WHERE attempt_id = $1`,
      [one],
    );
    const other = await unknown(payment, refund);
    await expect(executed(other, 're_1')).rejects.toThrow(
      `re_1 is what attempt ${one} gave back: name the refund of this one`,
    );
    expect(await audited(other)).toEqual([]);
    expect((await executed(other, 're_wrong')).after.verdict).toMatchObject({ objectId: 're_wrong' });
  });

  test('must not belong to another payment, nor be the payment itself', async () => {
    const [objectId, strange] = [`pi_${randomUUID()}`, `pi_${randomUUID()}`];
    const payment = await ledger.create({ gatewayObjectId: objectId });
    const stranger = await ledger.create({ gatewayObjectId: strange });
    await ledger.deliver([webhookOf('stripe:evt_1', [captured(objectId)])]);
    const attemptId = await unknown(payment, refund);
    await expect(executed(attemptId, strange)).rejects.toThrow(
      `${strange} is of another payment: intent ${stranger.intentId}`,
    );
    await expect(executed(attemptId, objectId)).rejects.toThrow('is no refund, but the object of a PAYMENT');
    await expect(executed(await unknown(stranger), objectId)).rejects.toThrow('is of another payment');
    expect(await audited(attemptId)).toEqual([]);
  });
});

test.each([
  ['', null],
  [', sent again while it waits for a person', daysAgo(1)],
])(
  'a call of the last ten minutes%s may still be carried out: nobody has seen that it was not',
  async (_, since) => {
    const attemptId = await unknown(await stripePayment(), { needsReviewSince: since, sentAt: new Date() });
    await expect(resolve(attemptId, { verdict: 'not-executed' })).rejects.toThrow('less than 10 minutes ago');
    expect(await readAttempt(ledger.database.primary, attemptId)).toMatchObject({
      state: 'UNKNOWN',
      verdict: null,
    });
    expect(await audited(attemptId)).toEqual([]);
    const quiet = await unknown(await stripePayment(), { needsReviewSince: null, sentAt: daysAgo(1) });
    expect((await resolve(quiet, { verdict: 'not-executed' })).after.state).toBe('NOT_EXECUTED');
  },
);

test('a verdict on an attempt that does not exist, or has ended, is refused and not audited', async () => {
  const nobody = randomUUID() as string as AttemptId;
  await expect(resolve(nobody, { verdict: 'executed' })).rejects.toThrow('there is no attempt');
  const attemptId = await unknown(await stripePayment());
  await resolve(attemptId, { verdict: 'not-executed' });
  await expect(resolve(attemptId, { verdict: 'executed' })).rejects.toThrow('is NOT_EXECUTED');
  expect(await audited(attemptId)).toHaveLength(1);
});

test('a timeline has the calls that were requested for a payment, with their states', async () => {
  const payment = await stripePayment();
  const attemptId = await unknown(payment, { sentAt: new Date('2026-01-02T03:04:05.678Z') });
  const timeline = await readTimeline(ledger.database.primary, payment.intentId, { countMax: 10 });
  expect(timeline).toMatchObject([
    {
      kind: 'gateway_attempt',
      id: attemptId,
      at: new Date('2026-01-02T03:04:05.678Z'),
      details: {
        operation: 'confirm',
        state: 'UNKNOWN',
        leg: 1,
        gatewayProvider: 'stripe',
        sends: 1,
        errorType: 'UNKNOWN_OUTCOME',
        errorCode: 'timeout',
        errorMessage: 'no answer',
        needsReviewSince: expect.stringMatching(/^\d{4}-.*Z$/),
        finishedAt: null,
      },
    },
  ]);
});

function stripePayment(over: { orderId?: string } = {}): Promise<CreatedPayment> {
  return ledger.create({ gatewayObjectId: `pi_${randomUUID()}`, ...over });
}

function unknown(payment: CreatedPayment, over: Partial<UnknownAttempt> = {}): Promise<AttemptId> {
  return makeUnknownAttempt(ledger.database, payment, over);
}

function outcomes(filter: Partial<UnknownOutcomeFilter> = {}) {
  return readUnknownOutcomes(ledger.database.primary, { countMax: 100, ...filter });
}

function resolve(attemptId: AttemptId, given: Pick<GivenVerdict, 'verdict'> & Partial<GivenVerdict>) {
  return ledger.database.transaction((em) => resolveAttempt(em, { attemptId, ...EVIDENCE, ...given }));
}

function audited(attemptId: AttemptId) {
  return readAuditLog(ledger.database.primary, { subject: `attempt:${attemptId}`, countMax: 10 });
}

function daysAgo(days: number): Date {
  return new Date(Date.now() - days * DAY_MS);
}
