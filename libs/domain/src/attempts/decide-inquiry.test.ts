import { describe, expect, test } from '@jest/globals';
import { GATEWAY_OPERATIONS } from '../ids.js';
import {
  CIRCUMSTANCES_OF_ATTEMPTS as CIRCUMSTANCES,
  legAt,
  OBJECT_ID,
  type SubjectParts,
  subjectOf,
  unknownSince,
  unknownSubject,
} from '../testing/attempt-subjects.js';
import { NOW } from '../testing/commands.js';
import { fact, PRICE } from '../testing/payments.js';
import { type Attempt, idempotencyKeyOf } from './attempt.js';
import { decideAfterCall } from './decide-after-call.js';
import { decideFound, decideNotAsked, decideNothingFound } from './decide-inquiry.js';
import { ANSWER_NOT_BOOKED, BREAKER_OPEN, type CallFailed, GATEWAY_DISABLED } from './outcome.js';
import { STILL_PROCESSING } from './too-late.js';

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const WITHOUT_KEYS = { ...CIRCUMSTANCES, keyLifetimeMs: 0 };
const TIMEOUT = { type: 'UNKNOWN_OUTCOME', code: 'timeout', message: null };
const DOWN: CallFailed = {
  kind: 'failed',
  type: 'API_ERROR',
  retryAfterMs: null,
  failure: { code: 'down', message: null },
};

describe('nothing is found', () => {
  test.each(GATEWAY_OPERATIONS)('%s: the same key again, once, while the gateway keeps it', (operation) => {
    const subject = unknownSubject(operation, 2 * SECOND);
    expect(decideNothingFound(subject, CIRCUMSTANCES)).toMatchObject({
      kind: 'send',
      isResend: true,
      call: { operation, idempotencyKey: idempotencyKeyOf(subject.attempt) },
    });
    const again = unknownSubject(operation, 2 * SECOND, { attempt: { resends: 1 } });
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
      const subject = unknownSubject('confirm', 5 * MINUTE, parts);
      expect(decideNothingFound(subject, { ...CIRCUMSTANCES, keyLifetimeMs })).toMatchObject({
        kind: 'postpone',
        attempt: { state: 'UNKNOWN', notFoundSince: null },
      });
    },
  );

  test('it is asked for again after one second, two, four, up to a minute, and when the quiet period ends', () => {
    const waits = [0, 1, 2, 3, 6, 20].map((inquiries) => {
      const subject = unknownSubject('confirm', 30 * SECOND, { attempt: { inquiries } });
      const step = decideNothingFound(subject, WITHOUT_KEYS);
      return step.kind === 'postpone' ? (step.dueAt - NOW) / SECOND : undefined;
    });
    expect(waits).toEqual([2, 4, 8, 16, 60, 60]);
    const nearTheEnd = unknownSubject('confirm', 10 * MINUTE - 7 * SECOND, { attempt: { inquiries: 9 } });
    expect(decideNothingFound(nearTheEnd, WITHOUT_KEYS)).toMatchObject({ dueAt: NOW + 7 * SECOND });
  });

  test('seen once after the quiet period it proves nothing, seen again it does', () => {
    const once = decideNothingFound(unknownSubject('confirm', 10 * MINUTE), WITHOUT_KEYS);
    expect(once).toMatchObject({
      kind: 'postpone',
      attempt: { state: 'UNKNOWN', notFoundSince: NOW },
      dueAt: NOW + 2 * SECOND,
    });
    const attempt = { notFoundSince: NOW - SECOND, lastError: TIMEOUT };
    expect(
      decideNothingFound(unknownSubject('confirm', 11 * MINUTE, { attempt }), WITHOUT_KEYS),
    ).toMatchObject({
      kind: 'postpone',
      attempt: {
        state: 'PENDING',
        keyRound: 2,
        retries: 1,
        resends: 0,
        firstSentAt: null,
        lastSentAt: null,
        unknownSince: null,
        notFoundSince: null,
        inquiries: 0,
        lastError: { code: 'timeout' },
      },
    });
  });

  test('before the quiet period has passed it never counts, however often it is seen', () => {
    for (const inquiries of [1, 5, 50]) {
      const subject = unknownSubject('confirm', 10 * MINUTE - 1, {
        attempt: { inquiries, notFoundSince: NOW - 1 },
      });
      expect(decideNothingFound(subject, WITHOUT_KEYS)).toMatchObject({
        kind: 'postpone',
        attempt: { state: 'UNKNOWN', notFoundSince: null },
      });
    }
  });

  test.each([BREAKER_OPEN, GATEWAY_DISABLED])('%s before that gives it no more tries than others', (code) => {
    const inquiryError = { type: 'API_CONNECTION_ERROR', code, message: null };
    const attempt = { notFoundSince: NOW - SECOND, retries: 3, inquiryError };
    expect(
      decideNothingFound(unknownSubject('confirm', 11 * MINUTE, { attempt }), WITHOUT_KEYS),
    ).toMatchObject({
      ending: { state: 'NOT_EXECUTED', error: { type: 'NOT_FOUND', code: 'NOT_FOUND' } },
    });
  });

  test('nothing of a call whose answer could not be booked proves that it was not executed', () => {
    const lastError = { type: 'EXECUTED', code: ANSWER_NOT_BOOKED, message: 'its ids belong to 2 payments' };
    const attempt = { notFoundSince: NOW - SECOND, lastError };
    for (const agoMs of [2 * SECOND, 11 * MINUTE]) {
      expect(decideNothingFound(unknownSubject('refund', agoMs, { attempt }), CIRCUMSTANCES)).toMatchObject({
        kind: 'postpone',
        attempt: { state: 'UNKNOWN', lastError },
      });
    }
  });

  test('proved after the last try, it goes elsewhere as a refused connection would', () => {
    const fallbacks = [{ gatewayProvider: 'paypal', paymentMethodToken: 'token' }] as const;
    const attempt = { notFoundSince: NOW - SECOND, retries: 3 };
    const subject = unknownSubject('confirm', 11 * MINUTE, { attempt, terms: { fallbacks } });
    expect(decideNothingFound(subject, WITHOUT_KEYS)).toMatchObject({
      ending: { state: 'NOT_EXECUTED', failOver: { gatewayProvider: 'paypal' } },
    });
  });
});

describe('it takes too long', () => {
  test('a person is to decide after a day, and it is looked for every five minutes on', () => {
    const step = decideNotAsked(unknownSubject('confirm', 24 * HOUR), DOWN, CIRCUMSTANCES);
    expect(step).toEqual({
      kind: 'postpone',
      dueAt: NOW + 5 * MINUTE,
      attempt: expect.objectContaining({
        state: 'UNKNOWN',
        needsReviewSince: NOW,
        lastError: null,
        inquiryError: { type: 'API_ERROR', code: 'down', message: null },
      }),
    });
    const later = unknownSubject('confirm', 30 * HOUR, { attempt: { needsReviewSince: NOW - HOUR } });
    expect(decideNotAsked(later, DOWN, CIRCUMSTANCES)).toMatchObject({
      attempt: { needsReviewSince: NOW - HOUR },
    });
  });

  test('the person is asked on time, and not when it would be looked for next', () => {
    const waits = [20 * SECOND, 5 * MINUTE].map((leftMs) => {
      const subject = unknownSubject('confirm', 24 * HOUR - leftMs, { attempt: { inquiries: 20 } });
      const failure = { code: GATEWAY_DISABLED, message: null };
      return decideNotAsked(subject, { ...DOWN, failure }, CIRCUMSTANCES).dueAt - NOW;
    });
    expect(waits).toEqual([20 * SECOND, MINUTE]);
  });

  test('a gateway that cannot be asked has shown nothing', () => {
    const subject = unknownSubject('confirm', HOUR, { attempt: { notFoundSince: NOW - MINUTE } });
    expect(decideNotAsked(subject, DOWN, CIRCUMSTANCES)).toMatchObject({
      attempt: { state: 'UNKNOWN', inquiries: 1, notFoundSince: NOW - MINUTE },
    });
  });

  test('a cancellation that waits for its gateway keeps why, though it cannot be asked', () => {
    const lastError = { type: 'INVALID_REQUEST', code: STILL_PROCESSING, message: 'so' };
    const subject = unknownSubject('cancel', HOUR, { attempt: { lastError } });
    expect(decideNotAsked(subject, DOWN, CIRCUMSTANCES)).toMatchObject({ attempt: { lastError } });
  });

  test('a gateway that asks to be left alone is asked again when it said, within an hour and before the review', () => {
    const waitFor = (retryAfterMs: number, agoMs = HOUR): number => {
      const limited: CallFailed = { ...DOWN, type: 'RATE_LIMIT_ERROR', retryAfterMs };
      return decideNotAsked(unknownSubject('confirm', agoMs), limited, CIRCUMSTANCES).dueAt - NOW;
    };
    expect([waitFor(1), waitFor(90 * SECOND), waitFor(3 * HOUR)]).toEqual([2 * SECOND, 90 * SECOND, HOUR]);
    expect(waitFor(3 * HOUR, 24 * HOUR - MINUTE)).toBe(MINUTE);
  });
});

describe('whatever came of looking, the error stays that of the call', () => {
  const attempt = { lastError: TIMEOUT, inquiryError: { type: 'API_ERROR', code: 'down', message: null } };
  const subject = (verdict: Attempt['verdict'] = null) =>
    unknownSubject('confirm', HOUR, { attempt: { ...attempt, verdict, sends: 2, resends: 1 } });
  const refused: CallFailed = { ...DOWN, type: 'RATE_LIMIT_ERROR' };

  test.each([
    ['nothing was found', decideNothingFound(subject(), WITHOUT_KEYS), null],
    ['nothing of a verdict', decideNothingFound(subject({ objectId: 'pi_1' }), WITHOUT_KEYS), 'REVIEW'],
    ['the inquiry was refused', decideNotAsked(subject(), refused, CIRCUMSTANCES), 'RATE_LIMIT_ERROR'],
    ['the repetition was refused', decideAfterCall(subject(), refused, CIRCUMSTANCES), 'RATE_LIMIT_ERROR'],
  ])('%s', (_, step, type) => {
    if (step.kind !== 'postpone') throw new Error(`nothing is known that could ${step.kind}`);
    expect(step.attempt).toMatchObject({ state: 'UNKNOWN', lastError: TIMEOUT });
    expect(step.attempt.inquiryError?.type ?? null).toBe(type);
  });

  test('a repetition without an answer is itself such a call', () => {
    const reset: CallFailed = { ...DOWN, type: 'UNKNOWN_OUTCOME' };
    expect(decideAfterCall(subject(), reset, CIRCUMSTANCES)).toMatchObject({
      attempt: { lastError: { type: 'UNKNOWN_OUTCOME', code: 'down' }, inquiryError: null },
    });
  });
});

test('what a person said is not overruled by nothing being found, and it stays in review', () => {
  const attempt = {
    verdict: { objectId: 'pi_1' },
    needsReviewSince: NOW - HOUR,
    notFoundSince: NOW - HOUR,
  };
  expect(decideNothingFound(unknownSubject('confirm', 25 * HOUR, { attempt }), WITHOUT_KEYS)).toMatchObject({
    kind: 'postpone',
    attempt: { state: 'UNKNOWN', needsReviewSince: NOW - HOUR, inquiryError: { code: 'VERDICT_NOT_SHOWN' } },
    dueAt: NOW + 5 * MINUTE,
  });
});

test('what is found succeeded, or was declined, by its facts', () => {
  const refused = fact({ kind: 'failed', retryable: true, failure: { code: 'no_money', message: null } });
  const subject = unknownSubject('confirm', SECOND);
  expect(decideFound(subject, [fact({ kind: 'captured', amount: PRICE })])).toMatchObject({
    ending: { state: 'SUCCEEDED' },
  });
  expect(decideFound(subject, [refused])).toMatchObject({
    ending: { state: 'DECLINED', error: { code: 'no_money' } },
  });
});

test('a cancellation of what was captured by then has failed', () => {
  const captured = [fact({ kind: 'captured', amount: PRICE })];
  expect(decideFound(unknownSubject('cancel', SECOND), captured)).toMatchObject({
    ending: { state: 'FAILED', isPointless: false, error: { code: 'ALREADY_CAPTURED' } },
  });
});

test.each([
  ['create', 'SUCCEEDED'],
  ['confirm', 'DECLINED'],
  ['authorize', 'DECLINED'],
  ['capture', 'DECLINED'],
  ['cancel', 'SUCCEEDED'],
] as const)('a %s whose object was canceled by then: %s', (operation, state) => {
  const canceled = fact({ kind: 'canceled' });
  expect(decideFound(unknownSubject(operation, SECOND), [canceled])).toMatchObject({ ending: { state } });
  const voided = fact({ kind: 'voided', amount: PRICE });
  expect(decideFound(unknownSubject(operation, SECOND), [voided])).toMatchObject({ ending: { state } });
  const isPaid = [canceled, fact({ kind: 'captured', amount: PRICE, objectId: 'pay_2' })];
  expect(decideFound(unknownSubject(operation, SECOND), isPaid)).toMatchObject({
    ending: { state: 'SUCCEEDED' },
  });
});
