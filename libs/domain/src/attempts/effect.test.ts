import { describe, expect, test } from '@jest/globals';
import { GATEWAY_OPERATIONS, type GatewayOperation } from '../ids.js';
import { legAt, OBJECT_ID, type SubjectParts, subjectOf } from '../testing/attempt-subjects.js';
import { NOW, nextCommandId } from '../testing/commands.js';
import type { FinalState } from './attempt.js';
import { type EndedAttempt, type EndingEffect, effectOf, effectOfRefusal } from './effect.js';
import type { FailOver } from './fail-over.js';
import type { Ending } from './step.js';
import { STILL_PROCESSING } from './too-late.js';

const error = { type: 'INVALID_REQUEST', code: 'it_says', message: 'so' };

function endingOf(state: FinalState, rest: Partial<Ending> = {}): Ending {
  return { state, error: state === 'SUCCEEDED' ? null : error, isPointless: false, failOver: null, ...rest };
}

function effect(
  operation: GatewayOperation,
  state: FinalState,
  {
    parts = {},
    ending = {},
    isTold = false,
  }: {
    readonly parts?: SubjectParts;
    readonly ending?: Partial<Ending>;
    readonly isTold?: boolean;
  } = {},
): EndingEffect {
  const { attempt, payment } = subjectOf(operation, 'stripe', parts);
  const ended: EndedAttempt = { attempt, ending: endingOf(state, ending), isTold, now: NOW };
  return effectOf(payment, ended);
}

const typeOf = (...said: Parameters<typeof effect>): string | null => effect(...said).event?.type ?? null;

describe('what the intent is told', () => {
  test.each(GATEWAY_OPERATIONS)(
    'nothing of a %s that succeeded, or that nobody wanted any more',
    (operation) => {
      expect(effect(operation, 'SUCCEEDED')).toMatchObject({ event: null, asked: [], closesLeg: false });
      expect(typeOf(operation, 'NOT_EXECUTED', { ending: { isPointless: true } })).toBeNull();
    },
  );

  test.each([
    ['create', 'failed', 'failed', 'failed'],
    ['confirm', 'call_failed', 'call_failed', 'call_failed'],
    ['authorize', 'call_failed', 'call_failed', 'call_failed'],
    ['capture', 'call_failed', 'call_failed', 'call_failed'],
    ['cancel', 'call_failed', 'call_failed', 'call_failed'],
    ['refund', 'call_failed', 'call_failed', 'call_failed'],
  ] as const)(
    '%s that is declined: %s, refused: %s, never made: %s',
    (operation, declined, refused, never) => {
      expect(typeOf(operation, 'DECLINED')).toBe(declined);
      expect(typeOf(operation, 'FAILED')).toBe(refused);
      expect(typeOf(operation, 'NOT_EXECUTED')).toBe(never);
    },
  );

  test.each(['confirm', 'authorize'] as const)(
    'a %s that came with the creation and was never made: it failed, and its object is canceled',
    (operation) => {
      const parts = { attempt: { isOfCreation: true } };
      const told = effect(operation, 'NOT_EXECUTED', { parts });
      expect(told).toMatchObject({ closesLeg: true, event: { type: 'failed', status: 'FAILED' } });
      expect(told.asked).toMatchObject([{ call: { operation: 'cancel', leg: 1, provider: 'stripe' } }]);
      // Refused or declined it can be confirmed in another way.
      expect(typeOf(operation, 'FAILED', { parts })).toBe('call_failed');
    },
  );

  test.each(['confirm', 'authorize'] as const)(
    'a %s whose payer cannot approve any more: it failed, whoever asked for it',
    (operation) => {
      const ending = { error: { type: 'GIVEN_UP', code: 'NOT_APPROVED', message: null } };
      expect(typeOf(operation, 'NOT_EXECUTED', { ending })).toBe('failed');
      expect(typeOf(operation, 'NOT_EXECUTED')).toBe('call_failed');
    },
  );

  test('a decline that its facts told is not told again', () => {
    expect(typeOf('confirm', 'DECLINED', { isTold: true })).toBeNull();
  });

  test('the event is the next version, names the command, says why, and leaves the status alone', () => {
    const commandId = nextCommandId();
    const { event, payment } = effect('capture', 'FAILED', { parts: { attempt: { commandId } } });
    expect(event).toMatchObject({
      type: 'call_failed',
      version: 2,
      status: 'REQUIRES_CAPTURE',
      previousStatus: 'REQUIRES_CAPTURE',
      lastError: { code: 'it_says', message: 'so' },
      occurredAt: NOW,
      commandId,
    });
    expect(payment.intent).toMatchObject({ version: 2, lastError: { code: 'it_says', message: 'so' } });
  });

  test.each(['create', 'confirm', 'authorize', 'capture'] as const)(
    'nothing of a %s of an intent that has ended or is paid by now',
    (operation) => {
      for (const status of ['CANCELED', 'EXPIRED', 'FAILED'] as const) {
        expect(typeOf(operation, 'NOT_EXECUTED', { parts: { intent: { status } } })).toBeNull();
      }
      const paid = { intent: { status: 'SUCCEEDED', amountCaptured: 1999n } } as const;
      expect(typeOf(operation, 'FAILED', { parts: paid })).toBeNull();
    },
  );

  test('nothing of a leg that was left, but of a refund on it', () => {
    const legs = [legAt(1, 'stripe', OBJECT_ID), legAt(2, 'paypal', null)];
    const parts: SubjectParts = { legs, intent: { currentLeg: 2 } };
    for (const operation of GATEWAY_OPERATIONS) {
      expect(typeOf(operation, 'FAILED', { parts })).toBe(operation === 'refund' ? 'call_failed' : null);
    }
  });
});

describe('a cancellation that its gateway refuses for now', () => {
  const lastError = { type: 'INVALID_REQUEST', code: STILL_PROCESSING, message: 'so' };
  const refused = (parts: SubjectParts = {}) =>
    subjectOf('cancel', 'stripe', { attempt: { lastError }, ...parts });

  test('is told once, and again when it has succeeded', () => {
    const { attempt, payment } = refused();
    const first = effectOfRefusal(payment, attempt, NOW);
    expect(first.event).toMatchObject({
      type: 'call_failed',
      version: 2,
      status: 'CANCELED',
      lastError: { code: STILL_PROCESSING, message: 'so' },
      commandId: attempt.commandId,
    });
    expect(effectOfRefusal(first.payment, attempt, NOW)).toEqual({ payment: first.payment, event: null });
    const done = { attempt, ending: endingOf('SUCCEEDED'), isTold: false, now: NOW };
    expect(effectOf(first.payment, done).event).toMatchObject({
      type: 'canceled',
      version: 3,
      status: 'CANCELED',
      lastError: null,
      commandId: attempt.commandId,
    });
  });

  test('is not told of a payment whose money has come meanwhile', () => {
    const { attempt, payment } = refused({ intent: { status: 'SUCCEEDED', amountCaptured: 1999n } });
    expect(effectOfRefusal(payment, attempt, NOW)).toEqual({ payment, event: null });
  });

  test('is not told of a leg that was left', () => {
    const legs = [legAt(1, 'stripe', OBJECT_ID), legAt(2, 'paypal', null)];
    const { attempt, payment } = refused({ legs, intent: { currentLeg: 2, lastError } });
    expect(effectOfRefusal(payment, { ...attempt, lastError }, NOW).event).toBeNull();
    const done = { attempt, ending: endingOf('SUCCEEDED'), isTold: false, now: NOW };
    expect(effectOf(payment, done).event).toBeNull();
  });
});

test('what was opened for a leg that was left meanwhile is canceled', () => {
  const legs = [legAt(1, 'stripe', OBJECT_ID), legAt(2, 'paypal', null)];
  const operations = (currentLeg: number) =>
    effect('create', 'SUCCEEDED', { parts: { legs, intent: { currentLeg } } }).asked.map(({ call }) => call);
  expect(operations(1)).toEqual([]);
  expect(operations(2)).toMatchObject([{ operation: 'cancel', leg: 1 }]);
});

describe('failing over', () => {
  const to = (over: Partial<FailOver> = {}): FailOver => {
    const { commandId, notAfter } = subjectOf('create', 'stripe', { attempt: { notAfter: NOW + 1 } }).attempt;
    return {
      gatewayProvider: 'paypal',
      paymentMethodToken: 'token',
      create: { commandId, notAfter },
      confirm: { commandId, notAfter, details: {} },
      ...over,
    };
  };

  test('opens the next leg and asks for the same there', () => {
    const failOver = to();
    const { event, payment, opened, asked, closesLeg } = effect('create', 'NOT_EXECUTED', {
      ending: { failOver },
    });
    expect(event).toMatchObject({
      type: 'failed_over',
      version: 2,
      status: 'CREATED',
      currentLeg: 2,
      lastError: { code: 'it_says' },
    });
    expect([closesLeg, opened]).toEqual([true, { leg: 2, paymentMethodToken: 'token' }]);
    expect(payment.legs).toMatchObject([{ leg: 1 }, { leg: 2, provider: 'paypal', gatewayObjectId: null }]);
    const call = { leg: 2, provider: 'paypal', amount: 1999n };
    expect(asked).toMatchObject([
      { ...failOver.create, call: { ...call, operation: 'create' } },
      { ...failOver.create, call: { ...call, operation: 'confirm' } },
    ]);
  });

  test('cancels what was opened on the leg that is left, where there is such a call', () => {
    const operations = (provider: 'stripe' | 'paypal' | 'razorpay') => {
      const { attempt, payment } = subjectOf('confirm', provider);
      const ending = endingOf('NOT_EXECUTED', { failOver: to({ gatewayProvider: 'stripe' }) });
      const { asked } = effectOf(payment, { attempt, ending, isTold: false, now: NOW });
      return asked.map(({ call }) => `${call.operation} ${call.leg}`);
    };
    expect(operations('paypal')).toEqual(['cancel 1', 'create 2', 'confirm 2']);
    expect(operations('razorpay')).toEqual(['create 2', 'confirm 2']);
  });

  test('asks for what the next gateway understands', () => {
    const operations = (failOver: FailOver, captureMethod: 'manual' | 'automatic') =>
      effect('create', 'NOT_EXECUTED', {
        ending: { failOver },
        parts: { intent: { captureMethod } },
      }).asked.map(({ call }) => call.operation);
    expect(operations(to(), 'manual')).toEqual(['create', 'authorize']);
    expect(operations(to({ confirm: null }), 'automatic')).toEqual(['create']);
    expect(operations(to({ gatewayProvider: 'razorpay' }), 'automatic')).toEqual(['create']);
  });
});
