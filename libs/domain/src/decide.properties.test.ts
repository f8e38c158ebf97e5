import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { decide } from './decide.js';
import { decideAll, PaymentFold } from './decide-all.js';
import { evolve } from './evolve.js';
import type { FactOnLeg } from './facts.js';
import type { Payment } from './payment.js';
import { INTENT_STATUSES, isEnded } from './statuses.js';
import { sumsIn } from './sums.js';
import { orderHistories } from './testing/attempts.js';
import { histories, retold } from './testing/histories.js';
import { sumsByDefinition } from './testing/sums-by-definition.js';
import { wildFacts, wildPayments } from './testing/wild-facts.js';

const RUNS = { numRuns: 500 };

function requireLawful({ intent }: Payment): void {
  expect(INTENT_STATUSES).toContain(intent.status);
  for (const amount of Object.values(sumsIn(intent))) expect(amount >= 0n).toBe(true);
  expect(intent.amountRefunded + intent.amountRefundPending <= intent.amountCaptured).toBe(true);
  expect(intent.status === 'SUCCEEDED' || intent.amountCaptured === 0n).toBe(true);
}

describe('what truly happens to a payment', () => {
  test('told in order gives its money and its status', () => {
    fc.assert(
      fc.property(histories, ({ payment, facts, sums, status }) => {
        const { intent } = decideAll(payment, facts).payment;
        expect(sumsIn(intent)).toEqual(sums);
        expect(intent.status).toBe(status);
      }),
      RUNS,
    );
  });

  test('told in any order and any number of times gives the same money, rows and status', () => {
    const told = histories.chain((history) => fc.tuple(fc.constant(history), retold(history.facts)));
    fc.assert(
      fc.property(told, ([{ payment, facts, sums, status }, again]) => {
        const after = decideAll(payment, again).payment;
        expect(sumsIn(after.intent)).toEqual(sums);
        expect(after.intent.status).toBe(status);
        const inOrder = decideAll(payment, facts).payment;
        expect(after.transactions).toEqual(inOrder.transactions);
        requireLawful(after);
      }),
      RUNS,
    );
  });

  test('told once more changes nothing that anyone can see', () => {
    const told = histories.chain((history) => fc.tuple(fc.constant(history), retold(history.facts)));
    fc.assert(
      fc.property(told, ([{ payment, facts }, again]) => {
        const after = decideAll(payment, facts).payment;
        const more = decideAll(after, again);
        expect(more.events).toEqual([]);
        expect(more.alerts).toEqual([]);
        expect(more.intentChanged).toBe(false);
        expect(more.transactions).toEqual([]);
      }),
      RUNS,
    );
  });

  test('raises DUPLICATE_CHARGE for each capture beyond the first, in any order', () => {
    const told = histories.chain((history) => fc.tuple(fc.constant(history), retold(history.facts)));
    fc.assert(
      fc.property(told, ([{ payment, facts }, again]) => {
        const captures = facts.filter(({ kind }) => kind === 'captured').length;
        const duplicates = decideAll(payment, again).alerts.filter(({ code }) => code === 'DUPLICATE_CHARGE');
        expect(duplicates).toHaveLength(Math.max(0, captures - 1));
      }),
      RUNS,
    );
  });
});

describe('an order with several attempts to pay it', () => {
  const told = orderHistories.chain((history) => fc.tuple(fc.constant(history), retold(history.facts)));

  test('has the status of the newest attempt that goes on, else of the newest failure, in any order', () => {
    fc.assert(
      fc.property(told, ([{ payment, facts, status }, again]) => {
        expect(decideAll(payment, facts).payment.intent.status).toBe(status);
        expect(decideAll(payment, again).payment.intent.status).toBe(status);
      }),
      RUNS,
    );
  });

  test('told once more changes nothing that anyone can see', () => {
    fc.assert(
      fc.property(told, ([{ payment, facts }, again]) => {
        expect(decideAll(decideAll(payment, facts).payment, again).events).toEqual([]);
      }),
      RUNS,
    );
  });
});

describe('whatever is reported', () => {
  test('the sums that are kept up are those of the transactions, added up anew', () => {
    fc.assert(
      fc.property(wildPayments, wildFacts, (payment, facts) => {
        const after = decideAll(payment, facts).payment;
        expect(sumsIn(after.intent)).toEqual(sumsByDefinition(after));
      }),
      { numRuns: 2000 },
    );
  });

  test('a go that is refused leaves everything as it was', () => {
    fc.assert(
      fc.property(wildPayments, wildFacts, fc.nat(), (payment, facts, at) => {
        const cut = facts.length === 0 ? 0 : at % facts.length;
        const fold = new PaymentFold(payment);
        fold.apply(facts.slice(0, cut));
        const impossible = { kind: 'processing', leg: 3 } as FactOnLeg;
        expect(() => fold.apply([...facts.slice(cut), impossible])).toThrow(RangeError);
        fold.apply(facts.slice(cut));
        expect(fold.result()).toEqual(decideAll(payment, facts));
      }),
      RUNS,
    );
  });

  test('every step is lawful, and SUCCEEDED is never left', () => {
    fc.assert(
      fc.property(wildPayments, wildFacts, (payment, facts) => {
        let current = payment;
        for (const fact of facts) {
          const next = evolve(current, decide(current, fact));
          requireLawful(next);
          if (current.intent.status === 'SUCCEEDED') expect(next.intent.status).toBe('SUCCEEDED');
          if (isEnded(current.intent.status)) {
            expect([current.intent.status, 'SUCCEEDED']).toContain(next.intent.status);
          }
          current = next;
        }
      }),
      RUNS,
    );
  });

  test('the order does not matter for rows and sums', () => {
    const told = wildFacts.chain((facts) => fc.tuple(fc.constant(facts), retold(facts)));
    fc.assert(
      fc.property(wildPayments, told, (payment, [facts, again]) => {
        const left = decideAll(payment, facts).payment;
        const right = decideAll(payment, again).payment;
        expect(sumsIn(right.intent)).toEqual(sumsIn(left.intent));
        expect(moneyOf(right)).toEqual(moneyOf(left));
      }),
      RUNS,
    );
  });

  test('versions have no gap, and each event carries the intent as it then is', () => {
    fc.assert(
      fc.property(wildPayments, wildFacts, (payment, facts) => {
        const { events, payment: after, intentChanged } = decideAll(payment, facts);
        expect(events.map(({ version }) => version)).toEqual(
          events.map((_, i) => payment.intent.version + 1 + i),
        );
        expect(after.intent.version).toBe(payment.intent.version + events.length);
        expect(intentChanged).toBe(events.length > 0);
        const last = events.at(-1);
        if (last === undefined) return;
        expect(last.status).toBe(after.intent.status);
        expect(sumsIn(last)).toEqual(sumsIn(after.intent));
      }),
      RUNS,
    );
  });

  test('a batch that is cut anywhere decides the same, and deciding again decides the same', () => {
    fc.assert(
      fc.property(wildPayments, wildFacts, fc.nat(), (payment, facts, at) => {
        const whole = decideAll(payment, facts);
        const cut = facts.length === 0 ? 0 : at % facts.length;
        const head = decideAll(payment, facts.slice(0, cut));
        const tail = decideAll(head.payment, facts.slice(cut));
        expect(tail.payment).toEqual(whole.payment);
        expect([...head.events, ...tail.events]).toEqual(whole.events);
        expect([...head.decisions, ...tail.decisions]).toEqual(whole.decisions);
        expect(decideAll(payment, facts)).toEqual(whole);
      }),
      RUNS,
    );
  });

  test('what is to be written is what changed', () => {
    fc.assert(
      fc.property(wildPayments, wildFacts, (before, facts) => {
        const { payment, transactions, legs, intentChanged } = decideAll(before, facts);
        expect(new Set(transactions.map(({ transaction }) => transaction))).toEqual(
          new Set(payment.transactions.values()),
        );
        for (const { action } of transactions) expect(action).toBe('insert');
        expect(payment.legs.filter((leg, index) => leg !== before.legs[index])).toEqual(legs);
        if (!intentChanged) expect(payment.intent).toBe(before.intent);
      }),
      RUNS,
    );
  });

  test('nothing that goes in is changed', () => {
    fc.assert(
      fc.property(wildPayments, wildFacts, (payment, facts) => {
        const before = structuredClone({ payment, facts });
        decideAll(payment, facts);
        expect({ payment, facts }).toEqual(before);
      }),
      RUNS,
    );
  });
});

/** Rows without what is only noted of them. */
function moneyOf({ transactions }: Payment) {
  return new Map(
    Array.from(transactions, ([key, { status, amount, occurredAt }]) => [
      key,
      { status, amount, occurredAt },
    ]),
  );
}
