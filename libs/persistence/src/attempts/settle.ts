import {
  type EndedAttempt,
  type Ending,
  type EndingEffect,
  effectOf,
  movesMoney,
  type PaymentIntentEvent,
} from '@payments/domain';
import type { EntityManager } from 'typeorm';
import { askGateways } from '../commands/ask-gateways.js';
import type { Applied } from '../payments/apply-to-payments.js';
import type { PaymentChange } from '../payments/payment-change.js';
import { savePayments } from '../payments/save-payments.js';
import { type AnswerOfGateway, applyAnswer } from './apply-answer.js';
import { endAttempt } from './end-attempts.js';
import type { LeasedAttempt } from './lease-attempts.js';
import { closeLeg, openLeg } from './legs.js';
import { wakeOrder, wakeWaiting } from './wake-attempts.js';

/** What settling did; nothing of it counts until the transaction commits. */
export type Settled = Pick<Applied, 'changes' | 'outboxShards' | 'claimedAwaited'>;

/**
 * Ends an attempt, in one transaction with the facts of its answer, its request, and what the intent is told:
 * see `effectOf`. A failover opens the next leg and asks for its calls; followers that nothing can come of end too.
 *
 * Run it at READ COMMITTED. With facts, before other locks are taken; without, after `loadSubject`.
 *
 * @param answer with the facts that show it; null if there are none
 * @throws LeaseLostError if the lease is another's by now: then nothing is written
 * @throws AnswerNotBookedError if its facts contradict what is known here: roll back, see `decideNotBooked`
 * @throws VersionConflictError, or SQLSTATE 40P01, if another transaction was first: roll back and run again
 */
export async function settle(
  em: EntityManager,
  { lease, attempt }: LeasedAttempt,
  ending: Ending,
  answer: AnswerOfGateway | null = null,
): Promise<Settled> {
  const { commandId, paymentIntentId, leg, operation } = attempt;
  const applied = await applyAnswer(em, attempt, answer, { commandId, leg, operation });
  const [change] = applied.changes;
  const now = await endAttempt(em, lease, ending);
  const isTold = (answer?.facts ?? []).some(({ kind }) => kind === 'failed');
  const told = change === undefined ? NOTHING : await tell(em, change, { attempt, ending, isTold, now });
  await wakeWaiting(em, paymentIntentId);
  if (movesMoney(operation) || operation === 'cancel') await wakeOrder(em, paymentIntentId);
  return {
    changes: [...applied.changes, ...told.changes],
    outboxShards: new Set([...applied.outboxShards, ...told.outboxShards]),
    claimedAwaited: applied.claimedAwaited,
  };
}

const NOTHING: Pick<Applied, 'changes' | 'outboxShards'> = { changes: [], outboxShards: new Set() };

/** Writes what follows for the intent from the end of an attempt; its payment is locked, `change` the last on it. */
async function tell(
  em: EntityManager,
  { before, folded }: PaymentChange,
  ended: EndedAttempt,
): Promise<Pick<Applied, 'changes' | 'outboxShards'>> {
  const effect = effectOf(folded.payment, ended);
  const { intent } = effect.payment;
  const { leg } = ended.attempt;
  if (effect.closesLeg) await closeLeg(em, { paymentIntentId: intent.id, leg });
  await openLeg(em, effect);
  const changes = effect.event === null ? [] : [changeBy(effect, effect.event, { before, folded, leg })];
  const records = await askGateways(em, [{ intent, asked: effect.asked, now: ended.now }]);
  return { changes, outboxShards: await savePayments(em, changes, records) };
}

function changeBy(
  { payment, opened }: EndingEffect,
  event: PaymentIntentEvent,
  { before, folded, leg }: Pick<PaymentChange, 'before' | 'folded'> & { readonly leg: number },
): PaymentChange {
  return {
    before: { payment: folded.payment, transactionIds: before.transactionIds },
    folded: {
      ...{ payment, events: [event], decisions: [], legs: [], transactions: [], alerts: [] },
      ...{ abandonedLegs: opened === null ? [] : [leg], intentChanged: true },
    },
    sources: new Map(),
  };
}
