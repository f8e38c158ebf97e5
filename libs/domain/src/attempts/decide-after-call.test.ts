import { describe, expect, test } from '@jest/globals';
import type { Fact } from '../facts.js';
import { GATEWAY_OPERATIONS, type GatewayOperation } from '../ids.js';
import {
  CIRCUMSTANCES_OF_ATTEMPTS as CIRCUMSTANCES,
  legAt,
  OBJECT_ID,
  type SubjectParts,
  subjectOf,
} from '../testing/attempt-subjects.js';
import { NOW } from '../testing/commands.js';
import { fact } from '../testing/payments.js';
import { decideAfterCall } from './decide-after-call.js';
import { BREAKER_OPEN, CALL_ERRORS, type CallFailed, GATEWAY_DISABLED } from './outcome.js';

const HOUR = 3_600_000;
const FALLBACK = { gatewayProvider: 'paypal', paymentMethodToken: 'token' } as const;
const WITH_FALLBACK: SubjectParts = { terms: { fallbacks: [FALLBACK] } };
const SENT = { state: 'SENT', sends: 1, firstSentAt: NOW, lastSentAt: NOW } as const;

function failed(type: string, said: Partial<CallFailed> = {}): CallFailed {
  return { kind: 'failed', type, failure: { code: 'it_says', message: 'so' }, retryAfterMs: null, ...said };
}

function after(operation: GatewayOperation, outcome: CallFailed, parts: SubjectParts = {}) {
  const provider = operation === 'authorize' ? 'paypal' : 'stripe';
  const attempt = { ...SENT, ...parts.attempt };
  return decideAfterCall(subjectOf(operation, provider, { ...parts, attempt }), outcome, CIRCUMSTANCES);
}

/** In a word what comes of it: the state that it ends in or goes on in, and where it goes. */
function inAWord(step: ReturnType<typeof after>): string {
  if (step.kind === 'postpone') return step.attempt.state;
  const { state, failOver } = step.ending;
  return failOver === null ? state : `to ${failOver.gatewayProvider}`;
}

const error = { type: 'it_is', code: 'it_says', message: 'so' };

describe('every operation and every error', () => {
  const expected: Readonly<Record<keyof typeof CALL_ERRORS, string>> = {
    RATE_LIMIT_ERROR: 'PENDING',
    API_CONNECTION_ERROR: 'PENDING',
    API_ERROR: 'PENDING',
    CARD_DECLINED: 'DECLINED',
    INVALID_REQUEST: 'FAILED',
    AUTHENTICATION_ERROR: 'FAILED',
    IDEMPOTENCY_CONFLICT: 'UNKNOWN',
    UNKNOWN_OUTCOME: 'UNKNOWN',
  };
  const table = GATEWAY_OPERATIONS.flatMap((operation) =>
    Object.entries(expected).map(([type, word]) => [operation, type, word] as const),
  );

  test.each(table)('%s, %s: %s', (operation, type, word) => {
    const step = after(operation, failed(type));
    expect(inAWord(step)).toBe(word);
    const kept = step.kind === 'postpone' ? step.attempt.lastError : step.ending.error;
    expect(kept).toEqual({ ...error, type });
  });

  test.each(GATEWAY_OPERATIONS)(
    '%s, an error of a kind that nobody knows: it proves nothing',
    (operation) => {
      expect(inAWord(after(operation, failed('SOMETHING_NEW')))).toBe('UNKNOWN');
      expect(inAWord(after(operation, failed('toString')))).toBe('UNKNOWN');
    },
  );

  /** The first try and three more were in vain. */
  const exhausted = { attempt: { retries: 3 } };
  test.each([
    ['create', 'NOT_EXECUTED', 'to paypal'],
    ['confirm', 'NOT_EXECUTED', 'to paypal'],
    ['capture', 'PENDING', 'PENDING'],
    ['cancel', 'PENDING', 'PENDING'],
    ['refund', 'PENDING', 'PENDING'],
  ] as const)('%s, not executed four times: %s; with a fallback: %s', (operation, alone, withFallback) => {
    for (const type of ['RATE_LIMIT_ERROR', 'API_CONNECTION_ERROR']) {
      expect(inAWord(after(operation, failed(type), exhausted))).toBe(alone);
      expect(inAWord(after(operation, failed(type), { ...exhausted, ...WITH_FALLBACK }))).toBe(withFallback);
    }
  });
});

describe('tries', () => {
  const delays = (random: number, retryAfterMs: number | null = null) =>
    [0, 1, 2].map((retries) => {
      const subject = subjectOf('confirm', 'stripe', { attempt: { ...SENT, retries } });
      const outcome = failed('RATE_LIMIT_ERROR', { retryAfterMs });
      const step = decideAfterCall(subject, outcome, { ...CIRCUMSTANCES, random });
      return step.kind === 'postpone' ? [step.attempt.retries, step.dueAt - NOW] : undefined;
    });

  test('come after up to one, two and four seconds', () => {
    expect(delays(0)).toEqual([
      [1, 0],
      [2, 0],
      [3, 0],
    ]);
    expect(delays(0.5)).toEqual([
      [1, 500],
      [2, 1_000],
      [3, 2_000],
    ]);
  });

  test('leave the gateway alone for as long as it asks, an hour at most', () => {
    expect(delays(0.5, 1_500)).toEqual([
      [1, 1_500],
      [2, 1_500],
      [3, 2_000],
    ]);
    expect(delays(0.5, 48 * HOUR).map((one) => one?.[1])).toEqual([HOUR, HOUR, HOUR]);
  });

  test('go elsewhere at once, if they can, rather than wait for minutes', () => {
    const limited = (retryAfterMs: number, parts: SubjectParts = WITH_FALLBACK) =>
      inAWord(after('confirm', failed('RATE_LIMIT_ERROR', { retryAfterMs }), parts));
    expect(limited(30_000)).toBe('PENDING');
    expect(limited(30_001)).toBe('to paypal');
    expect(limited(HOUR, {})).toBe('PENDING');
  });

  test('do not come after notAfter', () => {
    const step = after('confirm', failed('RATE_LIMIT_ERROR'), { attempt: { notAfter: NOW + 100 } });
    expect(step).toMatchObject({ kind: 'postpone', dueAt: NOW + 100 });
  });

  test.each(['capture', 'cancel', 'refund'] as const)(
    'of a %s go on for a day, one in half a minute at most',
    (operation) => {
      const attempt = { retries: 40, askedAt: NOW - 23 * HOUR };
      const step = after(operation, failed('API_CONNECTION_ERROR'), { attempt });
      expect(step).toMatchObject({ kind: 'postpone', dueAt: NOW + 30_000, attempt: { retries: 41 } });
      const late = after(operation, failed('API_CONNECTION_ERROR'), {
        attempt: { ...attempt, askedAt: NOW - 24 * HOUR },
      });
      expect(inAWord(late)).toBe('NOT_EXECUTED');
    },
  );

  test.each([BREAKER_OPEN, GATEWAY_DISABLED])('are not used up by %s', (code) => {
    const outcome = failed('API_CONNECTION_ERROR', { failure: { code, message: null } });
    const attempt = { retries: 3, askedAt: NOW - HOUR };
    expect(after('create', outcome, { attempt })).toMatchObject({
      kind: 'postpone',
      attempt: { state: 'PENDING', retries: 3 },
      dueAt: NOW + 30_000,
    });
    const recent = { ...attempt, askedAt: NOW - 8_000, retries: 0 };
    expect(after('create', outcome, { attempt: recent })).toMatchObject({ dueAt: NOW + 2_000 });
    expect(inAWord(after('create', outcome, { attempt: { ...attempt, askedAt: NOW - 24 * HOUR } }))).toBe(
      'NOT_EXECUTED',
    );
  });

  test.each([BREAKER_OPEN, GATEWAY_DISABLED])(
    'are not made at all with %s, where there is a fallback',
    (code) => {
      const outcome = failed('API_CONNECTION_ERROR', { failure: { code, message: null } });
      for (const operation of ['create', 'confirm'] as const) {
        expect(inAWord(after(operation, outcome, { attempt: { retries: 0 }, ...WITH_FALLBACK }))).toBe(
          'to paypal',
        );
      }
      const others = subjectOf('refund', 'stripe', { attempt: { state: 'UNKNOWN' } }).attempt;
      const isOpen = { attempt: { retries: 0 }, ...WITH_FALLBACK, others: [others] };
      expect(inAWord(after('confirm', outcome, isOpen))).toBe('PENDING');
    },
  );
});

describe('failing over', () => {
  const lastTry = (parts: SubjectParts, operation: GatewayOperation = 'confirm') =>
    inAWord(
      after(operation, failed('API_CONNECTION_ERROR'), {
        ...WITH_FALLBACK,
        ...parts,
        attempt: { retries: 3, ...parts.attempt },
      }),
    );

  test.each([
    ['PROCESSING', 'NOT_EXECUTED'],
    ['REQUIRES_ACTION', 'NOT_EXECUTED'],
    ['REQUIRES_CAPTURE', 'NOT_EXECUTED'],
    ['CANCELED', 'NOT_EXECUTED'],
    ['SUCCEEDED', 'NOT_EXECUTED'],
    ['CREATED', 'to paypal'],
    ['REQUIRES_PAYMENT_METHOD', 'to paypal'],
    ['REQUIRES_CONFIRMATION', 'to paypal'],
  ] as const)('of an intent that is %s: %s', (status, expected) => {
    expect(lastTry({ intent: { status } })).toBe(expected);
  });

  test.each(['SENT', 'UNKNOWN'] as const)('never while something that moves money is %s', (state) => {
    const others = subjectOf('refund', 'stripe', { attempt: { state } }).attempt;
    expect(lastTry({ others: [others] })).toBe('NOT_EXECUTED');
  });

  test('not from a leg that was left', () => {
    const legs = [legAt(1, 'stripe', OBJECT_ID), legAt(2, 'razorpay', null)];
    expect(lastTry({ legs, intent: { status: 'CREATED', currentLeg: 2 } })).toBe('NOT_EXECUTED');
  });

  test('not to a gateway that was tried', () => {
    const legs = [legAt(1, 'paypal', null), legAt(2, 'stripe', OBJECT_ID)];
    const intent = { status: 'CREATED', currentLeg: 2 } as const;
    expect(lastTry({ legs, intent, attempt: { leg: 2 } })).toBe('NOT_EXECUTED');
  });

  test('not from a confirmation at Razorpay: its customer may have paid there, and it is looked for again', () => {
    const subject = subjectOf('confirm', 'razorpay', { ...WITH_FALLBACK, attempt: { ...SENT, retries: 3 } });
    expect(inAWord(decideAfterCall(subject, failed('API_ERROR'), CIRCUMSTANCES))).toBe('PENDING');
  });

  test.each([
    'CARD_DECLINED',
    'INVALID_REQUEST',
    'AUTHENTICATION_ERROR',
    'UNKNOWN_OUTCOME',
    'IDEMPOTENCY_CONFLICT',
  ])('never on %s', (type) => {
    const step = after('confirm', failed(type), { ...WITH_FALLBACK, attempt: { retries: 3 } });
    expect(inAWord(step)).not.toBe('to paypal');
  });
});

describe('a call that was sent again', () => {
  test.each(Object.keys(CALL_ERRORS).filter((type) => type !== 'CARD_DECLINED'))(
    'proves nothing about the first one by %s',
    (type) => {
      for (const operation of GATEWAY_OPERATIONS) {
        const attempt = { resends: 1, retries: 3, unknownSince: NOW - 5_000, inquiries: 2 };
        const step = after(operation, failed(type), { ...WITH_FALLBACK, attempt });
        expect(step).toMatchObject({
          kind: 'postpone',
          attempt: { state: 'UNKNOWN', unknownSince: NOW - 5_000 },
          dueAt: NOW + 4_000,
        });
      }
    },
  );

  test('is answered for both by a decline', () => {
    expect(inAWord(after('confirm', failed('CARD_DECLINED'), { attempt: { resends: 1 } }))).toBe('DECLINED');
  });
});

describe('an answer', () => {
  const answered = (...facts: readonly Fact[]) =>
    decideAfterCall(
      subjectOf('confirm', 'stripe', { attempt: SENT }),
      { kind: 'answered', facts },
      CIRCUMSTANCES,
    );
  const refusal = fact({
    kind: 'failed',
    retryable: true,
    failure: { code: 'no_money', message: 'none left' },
  });

  test.each([
    ['captured', [fact({ kind: 'captured', amount: { amountMinor: 1999n, currency: 'USD' } })]],
    ['needs the customer', [fact({ kind: 'requires_action', nextAction: null })]],
    ['says nothing', []],
    ['tells a failure and that it goes on', [refusal, fact({ kind: 'processing' })]],
  ])('that %s: it succeeded', (_, facts) => {
    expect(answered(...facts)).toMatchObject({ ending: { state: 'SUCCEEDED', error: null } });
  });

  test('that tells a failure: it was declined', () => {
    expect(answered(refusal)).toMatchObject({
      ending: { state: 'DECLINED', error: { type: 'CARD_DECLINED', code: 'no_money', message: 'none left' } },
    });
  });
});
