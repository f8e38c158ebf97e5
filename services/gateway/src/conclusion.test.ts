import { describe, expect, test } from '@jest/globals';
import { ANSWER_NOT_BOOKED, type CallFailed, type EndStep, type PostponeStep } from '@payments/domain';
import { fact, NOW, PRICE, subjectOf } from '@payments/domain/testing';
import { GatewayError } from '@payments/gateways';
import type { MadeCall } from './attempts/make-call.js';
import { alertOf, type Conclusion, lineOf } from './conclusion.js';
import { aSubject, UNKNOWN } from './testing/a-subject.js';

const { attempt } = aSubject(UNKNOWN);
const WAITS: PostponeStep = { kind: 'postpone', attempt, dueAt: NOW + 1_500 };
const FAILED: EndStep = {
  kind: 'end',
  ending: {
    state: 'FAILED',
    isPointless: false,
    failOver: null,
    error: { type: 'INVALID_REQUEST', code: 'resource_missing', message: 'No such token' },
  },
};

function concluded(said: Partial<Conclusion> = {}): Conclusion {
  const nothing = { made: null, settled: null, notBooked: null, wasHeld: false };
  return { attempt, now: NOW, step: WAITS, ...nothing, ...said };
}

function refused(
  type: 'INVALID_REQUEST' | 'AUTHENTICATION_ERROR' | 'CARD_DECLINED' | 'API_CONNECTION_ERROR',
): MadeCall {
  const failure = { code: 'resource_missing', message: 'No such token' };
  return {
    step: { kind: 'fetch', objectId: 'pi_1' },
    answer: null,
    httpStatus: 404,
    durationMs: 12.3,
    error: new GatewayError({ type, failure }),
    failed: { kind: 'failed', type, failure, retryAfterMs: null },
  };
}

describe('a person is called', () => {
  test.each(['INVALID_REQUEST', 'AUTHENTICATION_ERROR'] as const)('to %s', (type) => {
    expect(alertOf(concluded({ made: refused(type), step: FAILED }))).toBe(type);
  });

  test('to an outcome that has been unknown for too long, when that begins', () => {
    const overdue = { ...WAITS, attempt: { ...attempt, needsReviewSince: NOW } };
    expect(alertOf(concluded({ step: overdue }))).toBe('NEEDS_REVIEW');
    expect(alertOf(concluded({ step: overdue, attempt: overdue.attempt }))).toBeNull();
  });

  test('to an answer that could not be booked, the first time', () => {
    const conclusion = concluded({ notBooked: 'its ids belong to 2 payments' });
    expect(alertOf(conclusion)).toBe('FACTS_REFUSED');
    expect(lineOf(conclusion)).toMatchObject({ facts_refused: 'its ids belong to 2 payments' });
    const lastError = { type: 'EXECUTED', code: ANSWER_NOT_BOOKED, message: null };
    expect(alertOf({ ...conclusion, attempt: { ...attempt, lastError } })).toBeNull();
  });

  test('to a cancellation that was never made, unless nobody wanted it any more', () => {
    const { attempt: canceling } = subjectOf('cancel', 'stripe');
    const ended = (ending: Partial<EndStep['ending']>): EndStep => ({
      kind: 'end',
      ending: { ...FAILED.ending, state: 'NOT_EXECUTED', ...ending },
    });
    const made = refused('API_CONNECTION_ERROR');
    expect(alertOf(concluded({ attempt: canceling, made, step: ended({}) }))).toBe('NOT_CANCELED');
    expect(alertOf(concluded({ attempt: canceling, step: ended({ isPointless: true }) }))).toBeNull();
    expect(alertOf(concluded({ made, step: ended({}) }))).toBeNull();
  });

  test('to nothing that takes its course', () => {
    expect(alertOf(concluded())).toBeNull();
    expect(alertOf(concluded({ made: refused('CARD_DECLINED'), step: FAILED }))).toBeNull();
  });

  test('to no cancellation that came too late, but to one that was refused otherwise meanwhile', () => {
    const { attempt: canceling } = subjectOf('cancel', 'stripe');
    const made = refused('INVALID_REQUEST');
    const alertFor = (facts: CallFailed['facts']) =>
      alertOf(
        concluded({ attempt: canceling, made: { ...made, failed: { ...made.failed, facts } as CallFailed } }),
      );
    expect(alertFor([fact({ kind: 'processing' })])).toBeNull();
    expect(alertFor([fact({ kind: 'captured', amount: PRICE })])).toBeNull();
    expect(alertFor([])).toBe('INVALID_REQUEST');
  });
});

test('a line tells names, counts, what came of the call and what comes next', () => {
  expect(lineOf(concluded({ made: refused('CARD_DECLINED') }))).toEqual({
    attempt_id: attempt.attemptId,
    command_id: attempt.commandId,
    intent_id: attempt.intentId,
    provider: 'stripe',
    leg: 1,
    operation: 'create',
    sends: 1,
    retries: 0,
    inquiries: 0,
    key_round: 1,
    call: 'fetch',
    duration_ms: 12,
    outcome: 'CARD_DECLINED',
    http_status: 404,
    error_code: 'resource_missing',
    error_message: 'No such token',
    state: 'UNKNOWN',
    code: undefined,
    due_in_ms: 1_500,
  });
});

test('an error that no client names is told whole', () => {
  const error = new TypeError('undefined is no function');
  expect(lineOf(concluded({ made: { ...refused('CARD_DECLINED'), error } }))).toMatchObject({ err: error });
});
