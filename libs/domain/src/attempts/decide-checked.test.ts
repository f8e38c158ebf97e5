import { describe, expect, test } from '@jest/globals';
import { legAt, OBJECT_ID, type SubjectParts, subjectOf } from '../testing/attempt-subjects.js';
import { NOW, nextCommandId } from '../testing/commands.js';
import { attemptIdOf } from './attempt.js';
import { decideChecked } from './decide-checked.js';
import { decideSend } from './decide-send.js';
import { ATTEMPT_POLICY as POLICY } from './policy.js';

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;

/** A confirmation at PayPal whose payer, as far as is known, has not approved. */
function awaiting(parts: SubjectParts = {}) {
  return subjectOf('confirm', 'paypal', {
    ...parts,
    intent: { status: 'REQUIRES_ACTION', ...parts.intent },
    attempt: { heldSince: NOW - MINUTE, ...parts.attempt },
  });
}

test('the order is read after a minute, then after twice as long each time, up to six hours', () => {
  const readAfter: number[] = [];
  let subject = awaiting({ attempt: { heldSince: null } });
  while (readAfter.length < 11) {
    const next = decideSend(subject, POLICY);
    if (next.kind === 'check') readAfter.push((subject.now - NOW) / MINUTE);
    const step = next.kind === 'check' ? decideChecked(subject, POLICY) : next;
    if (step.kind !== 'postpone') throw new Error(`nothing is known that could ${step.kind}`);
    expect(step.dueAt).toBeGreaterThan(subject.now);
    subject = { ...subject, attempt: step.attempt, now: step.dueAt };
  }
  expect(readAfter).toEqual([1, 3, 7, 15, 31, 63, 127, 255, 511, 871, 1231]);
});

test.each(['confirm', 'authorize'] as const)('%s: what is read is the order of its leg', (operation) => {
  const legs = [legAt(1, 'stripe', 'pi_1'), legAt(2, 'paypal', 'ORDER-2')];
  const subject = subjectOf(operation, 'paypal', {
    legs,
    intent: { status: 'REQUIRES_ACTION', currentLeg: 2 },
    attempt: { leg: 2, heldSince: NOW - MINUTE },
  });
  expect(decideSend(subject, POLICY)).toEqual({ kind: 'check', objectId: 'ORDER-2' });
});

describe('nothing has changed', () => {
  test('it goes on waiting, and remembers that it asked', () => {
    const { attempt } = awaiting();
    expect(decideChecked(awaiting(), POLICY)).toMatchObject({
      kind: 'postpone',
      attempt: { state: 'PENDING', heldSince: attempt.heldSince, inquiries: 1, lastError: null },
      dueAt: NOW + MINUTE / 4,
    });
  });

  test('one that nobody looked at for a day does not make up for what it missed at once', () => {
    const subject = awaiting({ attempt: { heldSince: NOW - DAY } });
    expect(decideSend(subject, POLICY)).toEqual({ kind: 'check', objectId: OBJECT_ID });
    expect(decideChecked(subject, POLICY)).toMatchObject({ dueAt: NOW + POLICY.heldForPayerCapMs });
  });

  test('it waits no longer than its notAfter', () => {
    const subject = awaiting({ attempt: { notAfter: NOW + 100 } });
    expect(decideChecked(subject, POLICY)).toMatchObject({ dueAt: NOW + 100 });
  });
});

describe('the order showed something', () => {
  test.each([
    ['the approval', { intent: { status: 'REQUIRES_CONFIRMATION' } }, 'send'],
    ['money that somebody else took', { intent: { status: 'SUCCEEDED', amountCaptured: 1999n } }, 'end'],
    ['money that somebody else holds', { intent: { status: 'REQUIRES_CAPTURE' } }, 'end'],
    ['that it was voided', { intent: { status: 'CANCELED' } }, 'end'],
  ] as const satisfies (readonly [string, SubjectParts, string])[])('%s: it is due now', (_, parts, then) => {
    const step = decideChecked(awaiting(parts), POLICY);
    if (step.kind !== 'postpone') throw new Error(step.kind);
    expect(step).toMatchObject({ attempt: { state: 'PENDING' }, dueAt: NOW });
    expect(decideSend({ ...awaiting(parts), attempt: step.attempt }, POLICY).kind).toBe(then);
  });

  test('the approval, while another call that moves money is open: it waits for that one', () => {
    const commandId = nextCommandId();
    const attemptId = attemptIdOf(commandId, 1, 'confirm');
    const others = [{ attemptId, commandId, leg: 1, operation: 'confirm', state: 'UNKNOWN' }] as const;
    const step = decideChecked(awaiting({ intent: { status: 'REQUIRES_CONFIRMATION' }, others }), POLICY);
    expect(step).toMatchObject({ kind: 'postpone', dueAt: NOW + POLICY.heldCapMs });
  });
});

describe('the order is not to be approved any more', () => {
  const NOT_APPROVED = { ending: { state: 'NOT_EXECUTED', error: { code: 'NOT_APPROVED' } } };
  const sinceFor = (ms: number) => ({ attempt: { heldSince: NOW - ms } });

  test.each([
    ['closed by the gateway', POLICY.quietMs, NOT_APPROVED],
    ['not shown while it may be too new', POLICY.quietMs - 1, { kind: 'postpone' }],
  ] as const)('%s', (_, waitedMs, step) => {
    expect(decideChecked(awaiting(sinceFor(waitedMs)), POLICY, true)).toMatchObject(step);
    expect(decideChecked(awaiting(sinceFor(waitedMs)), POLICY)).toMatchObject({ kind: 'postpone' });
  });

  test('closed after it was paid: it is due now, and ends by that', () => {
    const paid = { intent: { status: 'SUCCEEDED', amountCaptured: 1999n }, ...sinceFor(DAY) } as const;
    expect(decideChecked(awaiting(paid), POLICY, true)).toMatchObject({ kind: 'postpone', dueAt: NOW });
  });

  test('four days after the wait began, whatever it showed', () => {
    expect(decideSend(awaiting(sinceFor(4 * DAY)), POLICY)).toMatchObject(NOT_APPROVED);
    expect(decideSend(awaiting(sinceFor(4 * DAY - 1)), POLICY).kind).not.toBe('end');
    const read = decideChecked(awaiting(sinceFor(4 * DAY)), POLICY);
    expect(read).toMatchObject({ kind: 'postpone', dueAt: NOW });
  });
});
