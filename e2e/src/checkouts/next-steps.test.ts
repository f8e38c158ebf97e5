import { expect, test } from '@jest/globals';
import { asIntentId, intentIdOf } from '@payments/domain';
import { nextSteps } from './next-steps.js';
import type { Step } from './plan.js';
import type { Progress } from './progress.js';

const CARD: Step = { type: 'confirm', paymentMethodToken: 'pm_card_visa' };
const CAPTURE: Step = { type: 'capture', amount: 800 };
const REFUNDS: Step[] = [
  { type: 'refund', amount: 200 },
  { type: 'refund', amount: 400 },
];

function next(steps: readonly Step[], said: Partial<Progress>, sent = { commands: 1, steps: 0 }) {
  const progress: Progress = {
    intentId: asIntentId(intentIdOf('order', 'stripe')),
    status: 'SUCCEEDED',
    commands: sent.commands,
    openCalls: 0,
    refundPending: 0,
    inReview: null,
    ...said,
  };
  return nextSteps({ steps }, sent, progress);
}

test('both refunds are requested as soon as the payment succeeded, even while its confirmation is open', () => {
  expect(next(REFUNDS, { status: 'PROCESSING' })).toMatchObject({ due: [], isSettled: false });
  expect(next(REFUNDS, { openCalls: 1 })).toEqual({
    due: REFUNDS,
    sent: { commands: 3, steps: 2 },
    isSettled: false,
  });
});

test('a capture comes before the refunds, which wait for its money', () => {
  const steps = [CAPTURE, ...REFUNDS];
  expect(next(steps, { status: 'REQUIRES_CAPTURE' }).due).toEqual([CAPTURE]);
  expect(next(steps, { status: 'REQUIRES_CAPTURE' }, { commands: 2, steps: 1 }).due).toEqual([]);
  expect(next(steps, {}, { commands: 2, steps: 1 }).due).toEqual(REFUNDS);
});

test('another card is tried once the decline is known, and again until one of them pays', () => {
  expect(next([CARD], { status: 'REQUIRES_PAYMENT_METHOD', openCalls: 1 }).due).toEqual([]);
  const tried = next([CARD], { status: 'REQUIRES_PAYMENT_METHOD' });
  expect(tried).toMatchObject({ due: [CARD], sent: { commands: 2, steps: 0 }, isSettled: false });
  expect(next([CARD], { status: 'REQUIRES_PAYMENT_METHOD' }, tried.sent).due).toEqual([CARD]);
  expect(next([CARD], {}, tried.sent)).toMatchObject({ due: [], sent: { steps: 1 }, isSettled: true });
});

test.each([
  ['it is paid', {}, true],
  ['it has failed', { status: 'FAILED' }, true],
  ['it waits for the customer', { status: 'REQUIRES_ACTION' }, false],
  ['a call is open', { openCalls: 1 }, false],
  ['a command is not decided', { commands: 0 }, false],
  ['a refund is pending', { refundPending: 200 }, false],
] as const satisfies (readonly [string, Partial<Progress>, boolean])[])(
  'without further steps, %s: %o is settled: %s',
  (_, said, isSettled) => {
    expect(next([], said).isSettled).toBe(isSettled);
  },
);
