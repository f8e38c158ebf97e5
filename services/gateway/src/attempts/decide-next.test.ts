import { describe, expect, test } from '@jest/globals';
import { type AttemptSubject, type CallFailed, GATEWAY_DISABLED } from '@payments/domain';
import { NOW } from '@payments/domain/testing';
import type { GatewayAnswer } from '@payments/gateways';
import { aSubject, circumstances, UNKNOWN } from '../testing/a-subject.js';
import { decideNext } from './decide-next.js';
import type { CallStep, MadeCall } from './make-call.js';

const ANSWER: GatewayAnswer = { gatewayObjectId: 'pi_1', objectIds: [], facts: [] };
const TIMED_OUT: CallFailed = {
  kind: 'failed',
  type: 'UNKNOWN_OUTCOME',
  retryAfterMs: null,
  failure: { code: 'timeout', message: null },
};
const SWITCHED_OFF: CallFailed = {
  ...TIMED_OUT,
  type: 'API_CONNECTION_ERROR',
  failure: { code: GATEWAY_DISABLED, message: null },
};
const refusal = () => SWITCHED_OFF;

/** A call of the kind that is decided for the subject, with its outcome. */
function made(step: CallStep, said: Partial<MadeCall>): MadeCall {
  return { step, answer: null, failed: null, httpStatus: null, durationMs: 1, error: undefined, ...said };
}

function firstCall(subject = aSubject()): CallStep {
  const step = decideNext(subject, circumstances(), null);
  if (step.kind === 'end' || step.kind === 'postpone') throw new Error(`decided on ${step.kind}`);
  return step;
}

/** A confirmation at PayPal. */
function awaitingPayer(heldSince: number): AttemptSubject {
  const subject = aSubject({ operation: 'confirm', provider: 'paypal', heldSince });
  const legs = subject.payment.legs.map((leg) => ({ ...leg, gatewayObjectId: 'ORDER-1' }));
  return { ...subject, payment: { ...subject.payment, legs } };
}

test('what was not sent is sent, and what is unknown is asked for', () => {
  expect(decideNext(aSubject(), circumstances(), null)).toMatchObject({ kind: 'send', isResend: false });
  expect(decideNext(aSubject(UNKNOWN), circumstances(), null)).toMatchObject({ kind: 'inquire' });
});

test('what a person says was executed is fetched', () => {
  const subject = aSubject({ ...UNKNOWN, verdict: { objectId: 'pi_2' } });
  expect(decideNext(subject, circumstances(), null)).toEqual({ kind: 'fetch', objectId: 'pi_2' });
});

test('a call that was answered ends its attempt; one that was not leaves it unknown', () => {
  const subject = aSubject({ ...UNKNOWN, state: 'SENT' });
  const sent = firstCall();
  expect(decideNext(subject, circumstances(), made(sent, { answer: ANSWER }))).toMatchObject({
    kind: 'end',
    ending: { state: 'SUCCEEDED' },
  });
  expect(decideNext(subject, circumstances(), made(sent, { failed: TIMED_OUT }))).toMatchObject({
    kind: 'postpone',
    attempt: { state: 'UNKNOWN' },
  });
});

describe('the gateway was asked what became of a call', () => {
  const subject = aSubject(UNKNOWN);
  const asked = firstCall(subject);

  test.each([
    ['it shows it', { answer: ANSWER }, { kind: 'end', ending: { state: 'SUCCEEDED' } }],
    ['nothing shows it, and the key still holds', {}, { kind: 'send', isResend: true }],
    ['it could not be asked', { failed: TIMED_OUT }, { kind: 'postpone', attempt: { inquiries: 1 } }],
  ])('%s', (_what, told, step) => {
    expect(decideNext(subject, circumstances(), made(asked, told))).toMatchObject(step);
  });
});

describe('the order of an attempt that waits for its payer was read', () => {
  const DAY = 24 * 3_600_000;

  test.each([
    ['the gateway has closed it', {}, { kind: 'end', ending: { error: { code: 'NOT_APPROVED' } } }],
    ['it could not be read', { failed: TIMED_OUT }, { kind: 'postpone', attempt: { state: 'PENDING' } }],
    ['it is as it was', { answer: ANSWER }, { kind: 'postpone', attempt: { state: 'PENDING' } }],
  ])('%s', (_what, told, step) => {
    const subject = awaitingPayer(NOW - DAY);
    expect(decideNext(subject, circumstances(), made(firstCall(subject), told))).toMatchObject(step);
  });
});

describe('while the gateway is left alone', () => {
  test('nothing is sent, without using up a try', () => {
    const step = decideNext(aSubject(), circumstances({ refusal }), null);
    expect(step).toMatchObject({ kind: 'postpone', attempt: { state: 'PENDING', sends: 0, retries: 0 } });
  });

  test('nothing is asked or sent again: what is unknown stays so', () => {
    const subject = aSubject(UNKNOWN);
    const left = circumstances({ refusal });
    expect(decideNext(subject, left, null)).toMatchObject({
      kind: 'postpone',
      attempt: { state: 'UNKNOWN' },
    });
    const onlyCalls = circumstances({ refusal: ({ kind }) => (kind === 'send' ? SWITCHED_OFF : null) });
    expect(decideNext(subject, onlyCalls, made(firstCall(subject), {}))).toMatchObject({
      kind: 'postpone',
      attempt: { state: 'UNKNOWN', resends: 0 },
    });
  });

  test('an order is not read: what waits for its payer goes on waiting, unsent', () => {
    const awaiting = awaitingPayer(NOW - 60_000);
    expect(decideNext(awaiting, circumstances(), null)).toEqual({ kind: 'check', objectId: 'ORDER-1' });
    const step = decideNext(awaiting, circumstances({ refusal }), null);
    expect(step).toMatchObject({ kind: 'postpone', attempt: { state: 'PENDING', sends: 0, retries: 0 } });
  });
});
