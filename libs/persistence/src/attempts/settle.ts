import { type Ending, type EndingEffect, effectOf } from '@payments/domain';
import type { EntityManager } from 'typeorm';
import { askGateways } from '../commands/ask-gateways.js';
import { outboxShardOf } from '../outbox/append-outbox.js';
import type { Applied } from '../payments/apply-to-payments.js';
import type { PaymentChange } from '../payments/payment-change.js';
import { savePayments } from '../payments/save-payments.js';
import { pipelined } from '../statements/pipelined.js';
import { type AnswerOfGateway, applyAnswers } from './apply-answers.js';
import { changeByEvent } from './change-by-event.js';
import { endAttempts } from './end-attempts.js';
import type { LeasedAttempt } from './lease-attempts.js';
import { closeLeg, openLeg } from './legs.js';
import { wakeBehind } from './wake-attempts.js';

/** The result of settling; valid once the transaction commits. */
export interface Settled extends Pick<Applied, 'changes' | 'outboxShards'> {
  /** Whether attempts that waited for the end may be due now; undefined if no attempt ended. */
  readonly othersDue?: boolean;
}

/** The end of an attempt, and the answer that proves it. */
export interface Settlement {
  readonly leased: LeasedAttempt;
  readonly ending: Ending;
  /** Null if there are no facts. */
  readonly answer: AnswerOfGateway | null;
}

/**
 * Ends attempts, in one transaction with the facts of their answers, their requests, and the effects on their intents
 * (see `effectOf`). A failover opens the next leg and requests its calls. Later attempts of a leg that has become
 * pointless end too.
 *
 * Run it at READ COMMITTED: with facts, before other locks are taken; without, after `loadSubjects`.
 *
 * @param settlements of different payments
 * @returns one for each, in order
 * @throws LeaseLostError if another worker took over one of the leases: roll back
 * @throws AnswerNotBookedError if the facts of an answer contradict what is stored: roll back, see `decideNotBooked`
 * @throws VersionConflictError, or SQLSTATE 40P01, after a conflict with another transaction: roll back and retry
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
  const effects = await writeEffects(em, endings);
  const changes = [...applied.changes, ...effects.changes];
  const shards = new Set([...applied.outboxShards, ...effects.outboxShards]);
  return settlements.map((settlement) => ({
    changes: changes.filter(isOf(settlement)),
    outboxShards: new Set([shardOf(settlement)].filter((shard) => shards.has(shard))),
    othersDue,
  }));
}

/** As `settleAll`, for one. */
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

/** The refund that the attempt made, according to the gateway, or to a person's verdict. */
function refundMadeBy({ leased: { attempt }, ending, answer }: Settlement): string | null {
  if (attempt.operation !== 'refund' || ending.state !== 'SUCCEEDED') return null;
  const made = answer?.facts.find((fact) => fact.kind === 'refund' && fact.attemptId === attempt.attemptId);
  return made?.objectId ?? attempt.verdict?.objectId ?? null;
}

interface EndedOfPayment extends Settlement {
  /** What the answer changed. */
  readonly change: PaymentChange;
  /** When the attempt ended, in milliseconds since the epoch. */
  readonly now: number;
}

function isOf({ leased: { attempt } }: Settlement): (change: PaymentChange) => boolean {
  return ({ folded }) => folded.payment.intent.id === attempt.paymentIntentId;
}

function shardOf({ leased: { attempt } }: Settlement): number {
  return outboxShardOf(attempt.paymentIntentId);
}

/** Writes the effects of ended attempts on their intents, which are locked. */
async function writeEffects(em: EntityManager, endings: readonly EndedOfPayment[]): Promise<Settled> {
  const withEffects = endings.map((ending) => ({ ...ending, effect: effectOfEnding(ending) }));
  for (const { leased, effect } of withEffects) {
    if (effect.closesLeg) await closeLeg(em, leased.attempt);
    await openLeg(em, effect);
  }
  const records = await askGateways(
    em,
    withEffects.map(({ effect, now }) => ({ intent: effect.payment.intent, asked: effect.asked, now })),
  );
  const changes = withEffects.flatMap(({ leased, effect, change: { before, folded } }) => {
    const { payment, event, opened } = effect;
    const abandonedLegs = opened === null ? [] : [leased.attempt.leg];
    const from = { payment: folded.payment, transactionIds: before.transactionIds };
    return event === null ? [] : [changeByEvent(from, { payment, event, abandonedLegs })];
  });
  return { changes, outboxShards: await savePayments(em, changes, records) };
}

function effectOfEnding({ leased: { attempt }, ending, answer, change, now }: EndedOfPayment): EndingEffect {
  const isTold = (answer?.facts ?? []).some(({ kind }) => kind === 'failed');
  return effectOf(change.folded.payment, { attempt, ending, isTold, now });
}
