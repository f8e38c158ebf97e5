import fc from 'fast-check';
import type { FactOnLeg } from '../facts.js';
import type { Payment } from '../payment.js';
import type { IntentStatus } from '../statuses.js';
import { compareStatusFacts, type StatusFact } from '../transitions.js';
import { fact, PRICE, paymentWith } from './payments.js';

/** An order that was tried to be paid in several ways, told in the order in which it happened. */
export interface OrderHistory {
  readonly payment: Payment;
  readonly facts: readonly FactOnLeg[];
  readonly status: IntentStatus;
}

type Word = 'processing' | 'authorized' | 'failed_retryable' | 'captured';

const ATTEMPT_LIVES: readonly (readonly Word[])[] = [
  ['processing'],
  ['failed_retryable'],
  ['processing', 'failed_retryable'],
  ['authorized'],
  ['processing', 'authorized'],
  ['failed_retryable', 'authorized'],
  ['authorized', 'failed_retryable'],
];

interface Step {
  readonly object: number;
  readonly word: Word;
  readonly second: number;
}

/** Attempts beside each other: each word some seconds after the one before, of the same or another attempt. */
export const orderHistories: fc.Arbitrary<OrderHistory> = fc
  .record({
    lives: fc.array(fc.constantFrom(...ATTEMPT_LIVES), { minLength: 1, maxLength: 4 }),
    turns: fc.array(fc.nat(), { minLength: 12, maxLength: 12 }),
    pauses: fc.array(fc.nat(2), { minLength: 12, maxLength: 12 }),
    isPaid: fc.boolean(),
  })
  .map(({ lives, turns, pauses, isPaid }) => {
    const steps = interleaved(lives, turns, pauses);
    const last = steps.at(-1);
    if (isPaid && last !== undefined) steps.push({ ...last, word: 'captured', second: last.second + 1 });
    const payment = paymentWith({}, ['razorpay']);
    return {
      payment: { ...payment, legs: payment.legs.map((leg) => ({ ...leg, gatewayObjectId: 'order' })) },
      facts: steps.map(factOf),
      status: statusAtTheEnd(steps),
    };
  });

function interleaved(lives: readonly (readonly Word[])[], turns: number[], pauses: number[]): Step[] {
  const left = lives.map((life, object) => ({ object, words: [...life] }));
  const steps: Step[] = [];
  let second = 1;
  for (const [index, turn] of turns.entries()) {
    const open = left.filter(({ words }) => words.length > 0);
    const next = open[turn % Math.max(1, open.length)];
    const word = next?.words.shift();
    if (next === undefined || word === undefined) break;
    second += pauses[index] ?? 0;
    steps.push({ object: next.object, word, second });
  }
  return steps;
}

function factOf({ object, word, second }: Step): FactOnLeg {
  const objectId = `pay_${object}`;
  const said = { provider: 'razorpay', objectId, parentId: 'order', occurredAt: second * 1000 } as const;
  const payment = { objectId, amount: PRICE };
  if (word === 'processing') return fact({ ...said, kind: 'processing', payment });
  if (word !== 'failed_retryable') return fact({ ...said, kind: word, amount: PRICE });
  const failure = { code: 'declined', message: null };
  return fact({ ...said, kind: 'failed', retryable: true, failure, payment });
}

const STATUSES = {
  processing: 'PROCESSING',
  authorized: 'REQUIRES_CAPTURE',
  failed_retryable: 'REQUIRES_PAYMENT_METHOD',
  captured: 'SUCCEEDED',
} as const satisfies Partial<Record<StatusFact, IntentStatus>>;

/** The newest last word of those attempts that have not failed, else of all. */
function statusAtTheEnd(steps: readonly Step[]): IntentStatus {
  if (steps.some(({ word }) => word === 'captured')) return 'SUCCEEDED';
  const lastWords = [...Map.groupBy(steps, ({ object }) => object).values()].flatMap(
    (own) => own.toSorted(bySecond).at(-1) ?? [],
  );
  const live = lastWords.filter(({ word }) => word !== 'failed_retryable');
  const newest = (live.length > 0 ? live : lastWords).toSorted(bySecond).at(-1);
  return newest === undefined ? 'CREATED' : STATUSES[newest.word];
}

function bySecond(left: Step, right: Step): number {
  return compareStatusFacts(
    { fact: left.word, occurredAt: left.second },
    { fact: right.word, occurredAt: right.second },
  );
}
