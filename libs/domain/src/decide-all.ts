import { decide } from './decide.js';
import type { Alert, Decision, Outcome, PaymentIntentEvent, TransactionChange } from './decision.js';
import { evolve } from './evolve.js';
import type { FactOnLeg } from './facts.js';
import type { Leg, Payment } from './payment.js';
import { type TransactionKey, transactionKeyOf } from './transactions.js';

/** Several facts of one payment, decided one after the other: what to write once for all of them. */
export interface FoldedDecisions {
  readonly payment: Payment;
  /** One for each fact, in order. */
  readonly decisions: readonly Decision[];
  /** False: the intent's row stays as it is (legs and transactions may differ all the same). */
  readonly intentChanged: boolean;
  /** Each leg once, as it ends. */
  readonly legs: readonly Leg[];
  /** Each transaction once, as it ends; `insert` if it was unknown before the first fact. */
  readonly transactions: readonly TransactionChange[];
  /** In order of version, without a gap from the payment's version on. */
  readonly events: readonly PaymentIntentEvent[];
  readonly alerts: readonly Alert[];
  /** Legs whose gateway objects are to be canceled. */
  readonly abandonedLegs: readonly number[];
}

/**
 * Folds the facts of one batch. The same as deciding them in as many batches as one likes.
 *
 * @throws as `decide`; then nothing of the batch is decided
 */
export function decideAll(payment: Payment, facts: readonly FactOnLeg[]): FoldedDecisions {
  const decisions: Decision[] = [];
  let current = payment;
  for (const fact of facts) {
    const decision = decide(current, fact);
    current = evolve(current, decision);
    decisions.push(decision);
  }
  return {
    payment: current,
    decisions,
    intentChanged: current.intent !== payment.intent,
    legs: current.legs.filter((leg, index) => leg !== payment.legs[index]),
    transactions: changedTransactions(payment, current, decisions),
    events: decisions.map(({ event }) => event).filter((event) => event !== null),
    alerts: decisions.flatMap(({ alerts }) => alerts),
    abandonedLegs: decisions.map(({ abandonedLeg }) => abandonedLeg).filter((leg) => leg !== null),
  };
}

/** PROCESSED if any fact of a webhook was, else STALE if any was; a webhook without facts is IGNORED. */
export function strongestOutcome(outcomes: readonly Outcome[]): Outcome {
  if (outcomes.includes('PROCESSED')) return 'PROCESSED';
  return outcomes.includes('STALE') ? 'STALE' : 'IGNORED';
}

function changedTransactions(
  before: Payment,
  after: Payment,
  decisions: readonly Decision[],
): TransactionChange[] {
  const touched = new Set<TransactionKey>();
  for (const { changes } of decisions) {
    if (changes.transaction !== undefined) touched.add(transactionKeyOf(changes.transaction.transaction));
  }
  return Array.from(touched).flatMap((key) => {
    const transaction = after.transactions.get(key);
    if (transaction === undefined) return [];
    return [{ action: before.transactions.has(key) ? 'update' : 'insert', transaction }];
  });
}
