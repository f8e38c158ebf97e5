import { expect, test } from '@jest/globals';
import type { Fact } from '../facts.js';
import { type GatewayOperation, intentIdOf } from '../ids.js';
import {
  CIRCUMSTANCES_OF_ATTEMPTS as CIRCUMSTANCES,
  OBJECT_ID,
  unknownSubject,
} from '../testing/attempt-subjects.js';
import { NOW, nextCommandId } from '../testing/commands.js';
import { fact, PRICE } from '../testing/payments.js';
import { attemptIdOf } from './attempt.js';
import { decideFetched } from './decide-fetched.js';

const HOUR = 3_600_000;
const money = { amount: PRICE };
const refundOf = (amount: typeof PRICE) =>
  fact({ kind: 'refund', state: 'succeeded', objectId: 're_1', amount });
const refund = refundOf(PRICE);
const refused = fact({ kind: 'failed', retryable: true, failure: { code: 'no_money', message: null } });

test.each([
  ['create', [fact({ kind: 'requires_payment_method' })], 'SUCCEEDED'],
  ['create', [], 'VERDICT_NOT_SHOWN'],
  ['confirm', [fact({ kind: 'captured', ...money })], 'SUCCEEDED'],
  ['confirm', [refused], 'DECLINED'],
  ['confirm', [fact({ kind: 'requires_confirmation' })], 'VERDICT_NOT_SHOWN'],
  ['capture', [fact({ kind: 'captured', ...money })], 'SUCCEEDED'],
  ['capture', [fact({ kind: 'authorized', ...money })], 'VERDICT_NOT_SHOWN'],
  ['cancel', [fact({ kind: 'voided', ...money })], 'SUCCEEDED'],
  ['cancel', [fact({ kind: 'captured', ...money })], 'VERDICT_NOT_SHOWN'],
  ['refund', [fact({ kind: 'captured', ...money }), refund], 'SUCCEEDED'],
  ['refund', [{ ...refund, objectId: 're_other' }], 'VERDICT_NOT_SHOWN'],
  ['refund', [refundOf({ ...PRICE, amountMinor: 5n })], 'VERDICT_NOT_SHOWN'],
] as const satisfies (readonly [GatewayOperation, readonly Fact[], string])[])(
  'a %s that a person says was executed, fetched as %o: %s',
  (operation, facts, expected) => {
    const attempt = { verdict: { objectId: 're_1' }, needsReviewSince: NOW - HOUR };
    const subject = unknownSubject(operation, 25 * HOUR, { attempt });
    const fetched = { gatewayObjectId: OBJECT_ID, intentId: subject.attempt.intentId, facts };
    const step = decideFetched(subject, fetched, CIRCUMSTANCES);
    expect(step.kind === 'end' ? step.ending.state : step.attempt.inquiryError?.code).toBe(expected);
  },
);

test.each([
  ['confirm', { gatewayObjectId: 'pi_other' }],
  ['create', { gatewayObjectId: OBJECT_ID }],
  ['create', { gatewayObjectId: OBJECT_ID, intentId: intentIdOf('another-order', 'stripe') }],
] as const)('a %s that a person says was executed is not shown by another payment: %o', (operation, of) => {
  const attempt = { verdict: { objectId: 'pi_other' }, needsReviewSince: NOW - HOUR };
  const fetched = { ...of, facts: [fact({ kind: 'captured', ...money })] };
  expect(
    decideFetched(unknownSubject(operation, 25 * HOUR, { attempt }), fetched, CIRCUMSTANCES),
  ).toMatchObject({
    kind: 'postpone',
    attempt: { state: 'UNKNOWN', inquiryError: { type: 'REVIEW', code: 'VERDICT_NOT_SHOWN' } },
  });
});

test('of two refunds that look alike each ends by its own, or by one that nobody of ours asked for', () => {
  const attempt = { verdict: { objectId: 're_1' }, needsReviewSince: NOW - HOUR };
  const subject = unknownSubject('refund', 25 * HOUR, { attempt });
  const fetched = (attemptId?: string) => ({
    gatewayObjectId: OBJECT_ID,
    intentId: subject.attempt.intentId,
    facts: [{ ...refund, ...(attemptId !== undefined && { attemptId }) }],
  });
  expect(decideFetched(subject, fetched(subject.attempt.attemptId), CIRCUMSTANCES).kind).toBe('end');
  expect(decideFetched(subject, fetched(), CIRCUMSTANCES).kind).toBe('end');
  const other = attemptIdOf(nextCommandId(), 1, 'refund');
  expect(decideFetched(subject, fetched(other), CIRCUMSTANCES)).toMatchObject({
    kind: 'postpone',
    attempt: {
      state: 'UNKNOWN',
      needsReviewSince: NOW - HOUR,
      inquiryError: { type: 'REVIEW', code: 'VERDICT_OF_ANOTHER', message: expect.stringContaining(other) },
    },
  });
});
