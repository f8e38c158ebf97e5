import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { decide } from '../decide.js';
import { evolve } from '../evolve.js';
import type { FactOnLeg } from '../facts.js';
import { isEnded } from '../statuses.js';
import { sumsIn } from '../sums.js';
import { asked, CIRCUMSTANCES, command, NOW } from '../testing/commands.js';
import { sumsByDefinition } from '../testing/sums-by-definition.js';
import { wildFacts, wildPayments } from '../testing/wild-facts.js';
import type { Command } from './command.js';
import { decideCommand } from './decide-command.js';
import { foldCommands } from './fold-commands.js';
import type { CommandedPayment } from './gateway-request.js';

const amount = fc.constantFrom(null, 0n, 1n, 700n, 1299n, 1999n, 5000n);

const wildCommand: fc.Arbitrary<() => Command> = fc.oneof(
  fc.constantFrom('create', 'confirm', 'cancel', 'expire').map((type) => () => command(type as 'cancel')),
  amount.map((one) => () => command('capture', { amount: one })),
  amount.map((one) => () => command('refund', { amount: one })),
  amount.map((one) => () => command('refund', { amount: one })),
);

/** A step of a payment's life: a command, a fact, or the answer to the oldest or newest open request. */
type Step =
  | { readonly command: () => Command }
  | { readonly fact: FactOnLeg }
  | { readonly answer: 'oldest' | 'newest' };

const steps: fc.Arbitrary<Step[]> = fc
  .tuple(
    wildFacts.map((facts) => facts.map((fact): Step => ({ fact }))),
    fc.array(
      fc.oneof(
        { weight: 3, arbitrary: wildCommand.map((one): Step => ({ command: one })) },
        {
          weight: 1,
          arbitrary: fc
            .constantFrom('oldest', 'newest')
            .map((answer): Step => ({ answer: answer as 'oldest' })),
        },
      ),
      { maxLength: 14 },
    ),
  )
  .chain(([facts, rest]) => {
    const all = [...facts, ...rest];
    return fc.shuffledSubarray(all, { minLength: all.length, maxLength: all.length });
  });

const starts = wildPayments.map((payment) =>
  asked({ ...payment, intent: { ...payment.intent, expiresAt: NOW } }),
);

function after(payment: CommandedPayment, step: Step): CommandedPayment {
  if ('fact' in step) return asked(evolve(payment, decide(payment, step.fact)), payment.requests);
  if ('answer' in step) {
    return asked(
      payment,
      step.answer === 'oldest' ? payment.requests.slice(1) : payment.requests.slice(0, -1),
    );
  }
  const decision = decideCommand(payment, step.command(), CIRCUMSTANCES);
  return decision.outcome === 'DONE' ? decision.payment : payment;
}

test('whatever is commanded and reported, sums stay lawful and are those of the transactions', () => {
  fc.assert(
    fc.property(starts, steps, (start, all) => {
      let current = start;
      for (const step of all) {
        const next = after(current, step);
        const sums = sumsIn(next.intent);
        for (const sum of Object.values(sums)) expect(sum >= 0n).toBe(true);
        expect(sums.amountRefunded + sums.amountRefundPending <= sums.amountCaptured).toBe(true);
        if (next.transactions.size > 0) expect(sums).toEqual(sumsByDefinition(next));
        if (current.intent.status === 'SUCCEEDED') expect(next.intent.status).toBe('SUCCEEDED');
        if (isEnded(current.intent.status)) {
          expect([current.intent.status, 'SUCCEEDED']).toContain(next.intent.status);
        }
        expect(next.intent.version - current.intent.version).toBe(next.intent === current.intent ? 0 : 1);
        current = next;
      }
    }),
    { numRuns: 1000 },
  );
});

test('an accepted refund never takes what refunds done, under way and asked for have left', () => {
  fc.assert(
    fc.property(starts, steps, (start, all) => {
      let current = start;
      for (const step of all) {
        const next = after(current, step);
        const isRefund =
          next.requests.length > current.requests.length && next.requests.at(-1)?.operation === 'refund';
        if (isRefund) {
          const { amountCaptured, amountRefunded, amountRefundPending } = next.intent;
          const asked = next.requests
            .filter(
              ({ operation, commandId }) =>
                operation === 'refund' && commandId === next.requests.at(-1)?.commandId,
            )
            .reduce((sum, request) => sum + (request.amount ?? 0n), 0n);
          expect(asked > 0n).toBe(true);
          expect(amountRefunded + amountRefundPending + asked <= amountCaptured).toBe(true);
        }
        current = next;
      }
    }),
    { numRuns: 1000 },
  );
});

test('refunds that race within what was captured never exceed it, however they are asked for and answered', () => {
  const race = fc.array(fc.tuple(amount, fc.boolean()), { maxLength: 30 });
  fc.assert(
    fc.property(race, (refunds) => {
      const captured: FactOnLeg = {
        kind: 'captured',
        provider: 'stripe',
        objectId: 'pi_1',
        relatedIds: [],
        occurredAt: NOW,
        leg: 1,
        amount: { amountMinor: 1999n, currency: 'USD' },
      };
      const [created] = foldCommands(undefined, [
        { command: command('create'), circumstances: CIRCUMSTANCES },
      ]).decisions;
      if (created?.outcome !== 'DONE') throw new Error('not created');
      let payment = asked(evolve(created.payment, decide(created.payment, captured)));
      let refunded = 0n;
      refunds.forEach(([one, isAnswered], index) => {
        payment = after(payment, { command: () => command('refund', { amount: one }) });
        const [request] = payment.requests;
        if (!isAnswered || request === undefined) return;
        const done: FactOnLeg = {
          ...captured,
          kind: 'refund',
          state: 'succeeded',
          objectId: `re_${index}`,
          parentId: 'pi_1',
          amount: { amountMinor: request.amount ?? 0n, currency: 'USD' },
        };
        refunded += request.amount ?? 0n;
        const decision = decide(payment, done);
        expect(decision.alerts).toEqual([]);
        payment = asked(evolve(payment, decision), payment.requests.slice(1));
      });
      const open = payment.requests.reduce((sum, request) => sum + (request.amount ?? 0n), 0n);
      expect(payment.intent.amountRefunded).toBe(refunded);
      expect(refunded + open <= 1999n).toBe(true);
    }),
    { numRuns: 500 },
  );
});
