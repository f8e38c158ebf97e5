import { type Ending, type EndingEffect, effectOf, type PaymentIntentEvent } from '@payments/domain';
import type { EntityManager } from 'typeorm';
import { askGateways } from '../commands/ask-gateways.js';
import { outboxShardOf } from '../outbox/append-outbox.js';
import type { Applied } from '../payments/apply-to-payments.js';
import type { PaymentChange } from '../payments/payment-change.js';
import { savePayments } from '../payments/save-payments.js';
import { pipelined } from '../statements/pipelined.js';
import { type AnswerOfGateway, applyAnswers } from './apply-answers.js';
import { endAttempts } from './end-attempts.js';
import type { LeasedAttempt } from './lease-attempts.js';
import { closeLeg, openLeg } from './legs.js';
import { wakeBehind } from './wake-attempts.js';

/** What settling did; nothing of it counts until the transaction commits. */
export interface Settled extends Pick<Applied, 'changes' | 'outboxShards'> {
  /** Whether attempts that waited for the end may be due now; not said where nothing ended. */
  readonly othersDue?: boolean;
}

/** How an attempt ends, and what shows it. */
export interface Settlement {
  readonly leased: LeasedAttempt;
  readonly ending: Ending;
  /** With the facts that show it; null if there are none. */
  readonly answer: AnswerOfGateway | null;
}

/**
 * Ends attempts, in one transaction with the facts of their answers, their requests, and what their intents are told:
 * see `effectOf`. A failover opens the next leg and asks for its calls; followers that nothing can come of end too.
 *
 * Run it at READ COMMITTED. With facts, before other locks are taken; without, after `loadSubjects`.
 *
 * @param settlements of different payments
 * @returns one for each, in order
 * @throws LeaseLostError if one of the leases is another's by now: roll back
 * @throws AnswerNotBookedError if the facts of one contradict what is known here: roll back, see `decideNotBooked`
 * @throws VersionConflictError, or SQLSTATE 40P01, if another transaction was first: roll back and run again
 */
export async function settleAll(em: EntityManager, settlements: readonly Settlement[]): Promise<Settled[]> {
  if (settlements.length === 0) return [];
  const answered = settlements.map(({ leased: { attempt }, answer }) => ({ attempt, answer, ends: true }));
  const applied = await applyAnswers(em, answered);
  const [endedAt, othersDue] = await pipelined([
    endAttempts(
      em,
      settlements.map((settlement) => ({
        lease: settlement.leased.lease,
        ending: settlement.ending,
        refundId: refundMadeBy(settlement),
      })),
    ),
    wakeBehind(
      em,
      settlements.map(({ leased }) => leased.attempt),
    ),
  ]);
  const endings = settlements.flatMap((settlement, index): EndedOfPayment[] => {
    const change = applied.changes.find(isOf(settlement));
    return change === undefined ? [] : [{ ...settlement, change, now: endedAt[index] ?? 0 }];
  });
  const told = await tell(em, endings);
  const changes = [...applied.changes, ...told.changes];
  const shards = new Set([...applied.outboxShards, ...told.outboxShards]);
  return settlements.map((settlement) => ({
    changes: changes.filter(isOf(settlement)),
    outboxShards: new Set([shardOf(settlement)].filter((shard) => shards.has(shard))),
    othersDue,
  }));
}

/** As `settleAll`, of one. */
export async function settle(
  em: EntityManager,
  leased: LeasedAttempt,
  ending: Ending,
  answer: AnswerOfGateway | null = null,
): Promise<Settled> {
  const [settled] = await settleAll(em, [{ leased, ending, answer }]);
  if (settled === undefined) throw new Error('an attempt was not settled');
  return settled;
}

/** What the gateway says that this attempt made, or a person said. */
function refundMadeBy({ leased: { attempt }, ending, answer }: Settlement): string | null {
  if (attempt.operation !== 'refund' || ending.state !== 'SUCCEEDED') return null;
  const made = answer?.facts.find((fact) => fact.kind === 'refund' && fact.attemptId === attempt.attemptId);
  return made?.objectId ?? attempt.verdict?.objectId ?? null;
}

interface EndedOfPayment extends Settlement {
  /** The last one on its payment. */
  readonly change: PaymentChange;
  /** When it ended. */
  readonly now: number;
}

function isOf({ leased: { attempt } }: Settlement): (change: PaymentChange) => boolean {
  return ({ folded }) => folded.payment.intent.id === attempt.paymentIntentId;
}

function shardOf({ leased: { attempt } }: Settlement): number {
  return outboxShardOf(attempt.paymentIntentId);
}

/** Writes what follows for intents from the ends of attempts; their payments are locked. */
async function tell(em: EntityManager, endings: readonly EndedOfPayment[]): Promise<Settled> {
  const told = endings.map((ending) => ({ ...ending, effect: effectOfEnding(ending) }));
  for (const {
    leased: { attempt },
    effect,
  } of told) {
    if (effect.closesLeg) await closeLeg(em, attempt);
    await openLeg(em, effect);
  }
  const records = await askGateways(
    em,
    told.map(({ effect, now }) => ({ intent: effect.payment.intent, asked: effect.asked, now })),
  );
  const changes = told.flatMap(
    ({
      leased: {
        attempt: { leg },
      },
      effect,
      change: { before, folded },
    }) => (effect.event === null ? [] : [changeBy(effect, effect.event, { before, folded, leg })]),
  );
  return { changes, outboxShards: await savePayments(em, changes, records) };
}

function effectOfEnding({ leased: { attempt }, ending, answer, change, now }: EndedOfPayment): EndingEffect {
  const isTold = (answer?.facts ?? []).some(({ kind }) => kind === 'failed');
  return effectOf(change.folded.payment, { attempt, ending, isTold, now });
}

function changeBy(
  { payment, opened }: EndingEffect,
  event: PaymentIntentEvent,
  { before, folded, leg }: Pick<PaymentChange, 'before' | 'folded'> & { readonly leg: number },
): PaymentChange {
  return {
    before: { payment: folded.payment, transactionIds: before.transactionIds },
    folded: {
      payment,
      events: [event],
      decisions: [],
      legs: [],
      transactions: [],
      alerts: [],
      abandonedLegs: opened === null ? [] : [leg],
      intentChanged: true,
    },
    sources: new Map(),
  };
}
