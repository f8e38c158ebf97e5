import { describe, expect, test } from '@jest/globals';
import type { Fact } from '../facts.js';
import type { GatewayOperation } from '../ids.js';
import {
  CIRCUMSTANCES_OF_ATTEMPTS as CIRCUMSTANCES,
  type SubjectParts,
  sentAt,
  subjectOf,
} from '../testing/attempt-subjects.js';
import { NOW } from '../testing/commands.js';
import { fact, PRICE } from '../testing/payments.js';
import { decideAfterCall } from './decide-after-call.js';
import type { CallFailed } from './outcome.js';
import { STILL_PROCESSING } from './too-late.js';

const HOUR = 3_600_000;

function failed(type: string, said: Partial<CallFailed> = {}): CallFailed {
  return { kind: 'failed', type, failure: { code: 'it_says', message: 'so' }, retryAfterMs: null, ...said };
}

function after(operation: GatewayOperation, outcome: CallFailed, parts: SubjectParts = {}) {
  const subject = subjectOf(operation, 'stripe', parts);
  const attempt = sentAt(NOW, subject.attempt, false);
  return decideAfterCall({ ...subject, attempt }, outcome, CIRCUMSTANCES);
}

const stateAfter = (...said: Parameters<typeof after>): string => {
  const step = after(...said);
  return step.kind === 'end' ? step.ending.state : step.attempt.state;
};

describe('a cancellation that comes too late', () => {
  const processing = fact({ kind: 'processing' });
  const captured = fact({ kind: 'captured', amount: PRICE });
  const refused = (facts: readonly Fact[], type = 'INVALID_REQUEST') => failed(type, { facts });
  const waits = { lastError: { type: 'INVALID_REQUEST', code: STILL_PROCESSING, message: 'so' } };

  test('waits while the gateway takes the money, and is tried again under another key', () => {
    const attempt = {
      askedAt: NOW - 8_000,
      retries: 2,
      resends: 1,
      targetId: 'AUTH-1',
      unknownSince: NOW - 1,
    };
    expect(after('cancel', refused([processing]), { attempt })).toMatchObject({
      kind: 'postpone',
      isRefused: true,
      dueAt: NOW + 2_000,
      attempt: {
        ...waits,
        state: 'PENDING',
        heldSince: NOW,
        keyRound: 2,
        firstSentAt: null,
        retries: 0,
        resends: 0,
        targetId: null,
        unknownSince: null,
      },
    });
  });

  test('is tried again within an hour, however long that takes', () => {
    const attempt = { askedAt: NOW - 240 * HOUR };
    expect(after('cancel', refused([processing]), { attempt })).toMatchObject({ dueAt: NOW + HOUR });
  });

  test('is over once the money is captured', () => {
    for (const facts of [[captured], [captured, processing]]) {
      expect(after('cancel', refused(facts))).toMatchObject({
        kind: 'end',
        ending: { state: 'FAILED', isPointless: false, error: { code: 'ALREADY_CAPTURED', message: 'so' } },
      });
    }
  });

  test.each(['RATE_LIMIT_ERROR', 'API_CONNECTION_ERROR', 'AUTHENTICATION_ERROR'])(
    'goes on waiting after a day as well, if the gateway takes no call for a while (%s)',
    (type) => {
      const attempt = { ...waits, retries: 3, askedAt: NOW - 48 * HOUR };
      const step = after('cancel', failed(type), { attempt });
      expect(step).toMatchObject({ kind: 'postpone', attempt: { ...waits, state: 'PENDING' } });
      expect(step).not.toHaveProperty('isRefused');
    },
  );

  test("is tried again no sooner than its gateway's Retry-After says, within an hour", () => {
    const dueAfter = (retryAfterMs: number): number => {
      const step = after('cancel', failed('RATE_LIMIT_ERROR', { retryAfterMs }), { attempt: waits });
      return step.kind === 'postpone' ? step.dueAt - NOW : 0;
    };
    expect([dueAfter(100), dueAfter(90_000), dueAfter(3 * HOUR)]).toEqual([500, 90_000, HOUR]);
  });

  test('goes on waiting also if the outcome of a try is unknown for a while', () => {
    const attempt = { ...waits, askedAt: NOW - 48 * HOUR };
    const unknown = after('cancel', failed('UNKNOWN_OUTCOME'), { attempt });
    expect(unknown).toMatchObject({ kind: 'postpone', attempt: { ...waits, state: 'UNKNOWN' } });
  });

  test('is no other call, and none that failed otherwise', () => {
    expect(after('confirm', failed('RATE_LIMIT_ERROR'), { attempt: waits })).toMatchObject({
      attempt: { lastError: { code: 'it_says' } },
    });
    expect(stateAfter('confirm', refused([processing]))).toBe('FAILED');
    expect(stateAfter('capture', refused([captured]))).toBe('FAILED');
    expect(stateAfter('cancel', refused([processing], 'UNKNOWN_OUTCOME'))).toBe('UNKNOWN');
    expect(stateAfter('cancel', refused([]), { attempt: waits })).toBe('FAILED');
  });
});
