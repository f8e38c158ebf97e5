import { describe, expect, test } from '@jest/globals';
import type { Fact } from '../facts.js';
import { GATEWAY_OPERATIONS, type GatewayOperation, intentIdOf } from '../ids.js';
import {
  CIRCUMSTANCES_OF_ATTEMPTS as CIRCUMSTANCES,
  legAt,
  OBJECT_ID,
  type SubjectParts,
  subjectOf,
  unknownSince,
} from '../testing/attempt-subjects.js';
import { NOW } from '../testing/commands.js';
import { fact, PRICE } from '../testing/payments.js';
import { idempotencyKeyOf } from './attempt.js';
import {
  decideFetched,
  decideFound,
  decideLook,
  decideNotAsked,
  decideNotBooked,
  decideNothingFound,
} from './decide-inquiry.js';
import { BREAKER_OPEN, GATEWAY_DISABLED } from './outcome.js';
import { type Ending, SUCCEEDED } from './step.js';

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const WITHOUT_KEYS = { ...CIRCUMSTANCES, keyLifetimeMs: 0 };

/** A call that was sent so long ago, by default at Stripe. */
function unknown(operation: GatewayOperation, agoMs: number, parts: SubjectParts = {}) {
  const provider = operation === 'authorize' ? 'paypal' : 'stripe';
  const attempt = { ...unknownSince(NOW - agoMs), ...parts.attempt };
  const isRefund = operation === 'refund';
  return subjectOf(operation, provider, {
    ...(isRefund && { intent: { status: 'SUCCEEDED', amountCaptured: 1999n }, transactions: [{}] }),
    ...parts,
    attempt,
  });
}

describe('nothing is found', () => {
  test.each(GATEWAY_OPERATIONS)('%s: the same key again, once, while the gateway keeps it', (operation) => {
    const subject = unknown(operation, 2 * SECOND);
    expect(decideNothingFound(subject, CIRCUMSTANCES)).toMatchObject({
      ...{ kind: 'send', isResend: true },
      call: { operation, idempotencyKey: idempotencyKeyOf(subject.attempt) },
    });
    const again = unknown(operation, 2 * SECOND, { attempt: { resends: 1 } });
    expect(decideNothingFound(again, CIRCUMSTANCES).kind).toBe('postpone');
  });

  test('with the object that it acted on the first time, whatever has come to be since', () => {
    const transactions = [
      { type: 'AUTHORIZATION', objectId: 'first', occurredAt: NOW - 5_000 },
      { type: 'AUTHORIZATION', objectId: 'later' },
    ] as const;
    const attempt = { ...unknownSince(NOW - 2 * SECOND), targetId: 'first' };
    const subject = subjectOf('capture', 'paypal', { transactions, attempt });
    expect(decideNothingFound(subject, CIRCUMSTANCES)).toMatchObject({ call: { targetId: 'first' } });
  });

  test.each([
    ['its notAfter has passed', { attempt: { notAfter: NOW - 1 } }],
    ['the intent was canceled', { intent: { status: 'CANCELED' } }],
    [
      'the leg was left',
      { legs: [legAt(1, 'stripe', OBJECT_ID), legAt(2, 'paypal', null)], intent: { currentLeg: 2 } },
    ],
    ['the intent is paid', { intent: { amountCaptured: 1999n } }],
    ['the gateway keeps no key', { attempt: {} }, 0],
    ['the key has run out', { attempt: {} }, 5 * MINUTE],
    ['the key is about to run out', { attempt: {} }, 5 * MINUTE + 59 * SECOND],
  ] as const satisfies (readonly [string, SubjectParts, number?])[])(
    'it could happen now for the first time where %s: it is not sent again',
    (_, parts, keyLifetimeMs = 24 * HOUR) => {
      const subject = unknown('confirm', 5 * MINUTE, parts);
      expect(decideNothingFound(subject, { ...CIRCUMSTANCES, keyLifetimeMs })).toMatchObject({
        ...{ kind: 'postpone', attempt: { state: 'UNKNOWN', notFoundSince: null } },
      });
    },
  );

  test('it is asked for again after one second, two, four, up to a minute, and when the quiet period ends', () => {
    const waits = [0, 1, 2, 3, 6, 20].map((inquiries) => {
      const subject = unknown('confirm', 30 * SECOND, { attempt: { inquiries } });
      const step = decideNothingFound(subject, WITHOUT_KEYS);
      return step.kind === 'postpone' ? (step.dueAt - NOW) / SECOND : undefined;
    });
    expect(waits).toEqual([2, 4, 8, 16, 60, 60]);
    const nearTheEnd = unknown('confirm', 10 * MINUTE - 7 * SECOND, { attempt: { inquiries: 9 } });
    expect(decideNothingFound(nearTheEnd, WITHOUT_KEYS)).toMatchObject({ dueAt: NOW + 7 * SECOND });
  });

  test('seen once after the quiet period it proves nothing, seen again it does', () => {
    const once = decideNothingFound(unknown('confirm', 10 * MINUTE), WITHOUT_KEYS);
    expect(once).toMatchObject({
      ...{ kind: 'postpone', attempt: { state: 'UNKNOWN', notFoundSince: NOW }, dueAt: NOW + 2 * SECOND },
    });
    const attempt = {
      notFoundSince: NOW - SECOND,
      lastError: { type: 'UNKNOWN_OUTCOME', code: 'timeout', message: null },
    };
    expect(decideNothingFound(unknown('confirm', 11 * MINUTE, { attempt }), WITHOUT_KEYS)).toMatchObject({
      kind: 'postpone',
      attempt: {
        ...{ state: 'PENDING', keyRound: 2, retries: 1, resends: 0, firstSentAt: null, lastSentAt: null },
        ...{ unknownSince: null, notFoundSince: null, inquiries: 0, lastError: { code: 'timeout' } },
      },
    });
  });

  test('before the quiet period has passed it never counts, however often it is seen', () => {
    for (const inquiries of [1, 5, 50]) {
      const subject = unknown('confirm', 10 * MINUTE - 1, { attempt: { inquiries, notFoundSince: NOW - 1 } });
      expect(decideNothingFound(subject, WITHOUT_KEYS)).toMatchObject({
        ...{ kind: 'postpone', attempt: { state: 'UNKNOWN', notFoundSince: null } },
      });
    }
  });

  test.each([BREAKER_OPEN, GATEWAY_DISABLED])('%s before that gives it no more tries than others', (code) => {
    const lastError = { type: 'API_CONNECTION_ERROR', code, message: null };
    const attempt = { notFoundSince: NOW - SECOND, retries: 3, lastError };
    expect(decideNothingFound(unknown('confirm', 11 * MINUTE, { attempt }), WITHOUT_KEYS)).toMatchObject({
      ending: { state: 'NOT_EXECUTED', error: { code: 'NOT_FOUND' } },
    });
  });

  test('proved after the last try, it goes elsewhere as a refused connection would', () => {
    const fallbacks = [{ gatewayProvider: 'paypal', paymentMethodToken: 'token' }] as const;
    const attempt = { notFoundSince: NOW - SECOND, retries: 3 };
    const subject = unknown('confirm', 11 * MINUTE, { attempt, terms: { fallbacks } });
    expect(decideNothingFound(subject, WITHOUT_KEYS)).toMatchObject({
      ending: { state: 'NOT_EXECUTED', failOver: { gatewayProvider: 'paypal' } },
    });
  });
});

describe('it takes too long', () => {
  test('a person is to decide after a day, and it is looked for every five minutes on', () => {
    const step = decideNotAsked(
      unknown('confirm', 24 * HOUR),
      { type: 'API_ERROR', code: 'down', message: null },
      CIRCUMSTANCES,
    );
    expect(step).toEqual({
      ...{ kind: 'postpone', dueAt: NOW + 5 * MINUTE },
      attempt: expect.objectContaining({
        state: 'UNKNOWN',
        needsReviewSince: NOW,
        lastError: expect.objectContaining({ code: 'down' }),
      }),
    });
    const later = unknown('confirm', 30 * HOUR, { attempt: { needsReviewSince: NOW - HOUR } });
    expect(
      decideNotAsked(later, { type: 'API_ERROR', code: 'down', message: null }, CIRCUMSTANCES),
    ).toMatchObject({
      attempt: { needsReviewSince: NOW - HOUR },
    });
  });

  test('a gateway that cannot be asked has shown nothing', () => {
    const subject = unknown('confirm', HOUR, { attempt: { notFoundSince: NOW - MINUTE } });
    expect(
      decideNotAsked(subject, { type: 'API_ERROR', code: 'down', message: null }, CIRCUMSTANCES),
    ).toMatchObject({
      attempt: { state: 'UNKNOWN', inquiries: 1, notFoundSince: NOW - MINUTE },
    });
  });
});

describe('where it is looked for', () => {
  test.each([
    ['confirm', { type: 'PAYMENT', status: 'SUCCEEDED' }],
    ['confirm', { type: 'PAYMENT', status: 'PENDING' }],
    ['confirm', { type: 'AUTHORIZATION', status: 'SUCCEEDED' }],
    ['authorize', { type: 'AUTHORIZATION', status: 'PENDING' }],
    ['capture', { type: 'PAYMENT', status: 'SUCCEEDED' }],
    ['cancel', { type: 'VOID', status: 'SUCCEEDED' }],
  ] as const)('webhooks have told of the %s: %o', (operation, said) => {
    expect(decideLook(unknown(operation, SECOND, { transactions: [said] }))).toMatchObject({
      kind: 'end',
      ending: { state: 'SUCCEEDED' },
    });
  });

  test.each([
    ['create', {}],
    ['confirm', { transactions: [{ type: 'PAYMENT', status: 'FAILED' }] }],
    ['confirm', { transactions: [{ leg: 2 }] }],
    ['capture', { transactions: [{ status: 'PENDING' }, { type: 'AUTHORIZATION' }] }],
    ['cancel', { transactions: [{ type: 'AUTHORIZATION' }] }],
    // It may be another refund of the same amount.
    ['refund', { transactions: [{}, { type: 'REFUND', objectId: 're_1', parentId: OBJECT_ID }] }],
  ] as const satisfies (readonly [GatewayOperation, SubjectParts])[])(
    'the gateway is asked about a %s: %o',
    (operation, parts) => {
      const subject = unknown(operation, SECOND, parts);
      expect(decideLook(subject)).toMatchObject({
        kind: 'inquire',
        call: { operation, attemptId: subject.attempt.attemptId },
      });
    },
  );

  test('a leg that its gateway canceled shows the cancellation', () => {
    const lastStatusFact = { fact: 'canceled', occurredAt: NOW } as const;
    const legs = [{ ...legAt(1, 'stripe', OBJECT_ID), lastStatusFact }];
    expect(decideLook(unknown('cancel', SECOND, { legs })).kind).toBe('end');
  });

  test('a person said where: the object, or the one of its leg', () => {
    const look = (objectId: string | null) =>
      decideLook(unknown('confirm', SECOND, { attempt: { verdict: { objectId } } }));
    expect(look('pi_other')).toEqual({ kind: 'fetch', objectId: 'pi_other' });
    expect(look(null)).toEqual({ kind: 'fetch', objectId: OBJECT_ID });
  });
});

describe('its answer cannot be booked', () => {
  const reason = 'its ids belong to 2 payments';
  const notBooked = (ending: Ending) =>
    decideNotBooked(unknown('refund', SECOND), { ending, reason }, CIRCUMSTANCES);

  test('what was carried out stays open, with a person', () => {
    expect(notBooked(SUCCEEDED)).toMatchObject({
      kind: 'postpone',
      attempt: {
        ...{ state: 'UNKNOWN', needsReviewSince: NOW },
        lastError: { code: 'ANSWER_NOT_BOOKED', message: reason },
      },
      dueAt: NOW + 5 * MINUTE,
    });
  });

  test('what was refused ends as it was refused', () => {
    const error = { type: 'CARD_DECLINED', code: 'no_money', message: null };
    const ending: Ending = { state: 'DECLINED', error, isPointless: false, failOver: null };
    expect(notBooked(ending)).toEqual({ kind: 'end', ending });
  });
});

describe('it is found', () => {
  const money = { amount: PRICE };
  const refundOf = (amount: typeof PRICE) =>
    fact({ kind: 'refund', state: 'succeeded', objectId: 're_1', amount });
  const refund = refundOf(PRICE);
  const refused = fact({ kind: 'failed', retryable: true, failure: { code: 'no_money', message: null } });

  test('it succeeded, or was declined, by its facts', () => {
    expect(decideFound([fact({ kind: 'captured', ...money })])).toMatchObject({
      ending: { state: 'SUCCEEDED' },
    });
    expect(decideFound([refused])).toMatchObject({
      ending: { state: 'DECLINED', error: { code: 'no_money' } },
    });
  });

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
      const subject = unknown(operation, 25 * HOUR, { attempt });
      const fetched = { gatewayObjectId: OBJECT_ID, intentId: subject.attempt.intentId, facts };
      const step = decideFetched(subject, fetched, CIRCUMSTANCES);
      expect(step.kind === 'end' ? step.ending.state : step.attempt.lastError?.code).toBe(expected);
    },
  );

  test.each([
    ['confirm', { gatewayObjectId: 'pi_other' }],
    ['create', { gatewayObjectId: OBJECT_ID }],
    ['create', { gatewayObjectId: OBJECT_ID, intentId: intentIdOf('another-order', 'stripe') }],
  ] as const)('a %s that a person says was executed is not shown by another payment: %o', (operation, of) => {
    const attempt = { verdict: { objectId: 'pi_other' }, needsReviewSince: NOW - HOUR };
    const fetched = { ...of, facts: [fact({ kind: 'captured', ...money })] };
    expect(decideFetched(unknown(operation, 25 * HOUR, { attempt }), fetched, CIRCUMSTANCES)).toMatchObject({
      ...{ kind: 'postpone', attempt: { state: 'UNKNOWN', lastError: { code: 'VERDICT_NOT_SHOWN' } } },
    });
  });

  test('what a person said is not overruled by nothing being found, and it stays in review', () => {
    const attempt = {
      verdict: { objectId: 'pi_1' },
      needsReviewSince: NOW - HOUR,
      notFoundSince: NOW - HOUR,
    };
    expect(decideNothingFound(unknown('confirm', 25 * HOUR, { attempt }), WITHOUT_KEYS)).toMatchObject({
      kind: 'postpone',
      attempt: { state: 'UNKNOWN', needsReviewSince: NOW - HOUR, lastError: { code: 'VERDICT_NOT_SHOWN' } },
      dueAt: NOW + 5 * MINUTE,
    });
  });
});
