import { Book } from './book.js';
import { decideOn } from './decide.js';
import type { Alert, Decision, Outcome, PaymentIntentEvent, TransactionChange } from './decision.js';
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
  const fold = new PaymentFold(payment);
  fold.apply(facts);
  return fold.result();
}

/** Facts applied to a payment in several goes, each of them whole or not at all. Linear in facts and transactions. */
export class PaymentFold {
  readonly #before: Payment;
  readonly #book: Book;
  readonly #decisions: Decision[] = [];

  constructor(payment: Payment) {
    this.#before = payment;
    this.#book = new Book(payment);
  }

  /** A leg takes the object that its gateway opened for it; the first one stays. @throws RangeError as `legOf` */
  openLeg(leg: number, gatewayObjectId: string): void {
    this.#book.openLeg(leg, gatewayObjectId);
  }

  /** One decision for each fact. @throws as `decide`; then none of these facts is applied */
  apply(facts: readonly FactOnLeg[]): Decision[] {
    const made = this.#book.atomically(() => facts.map((fact) => decideOn(this.#book, fact)));
    for (const decision of made) this.#decisions.push(decision);
    return made;
  }

  /** What came of it all; nothing is applied after that. */
  result(): FoldedDecisions {
    const before = this.#before;
    const after = this.#book.payment;
    const decisions = this.#decisions;
    return {
      payment: after,
      decisions,
      intentChanged: after.intent !== before.intent,
      legs: after.legs.filter((leg, index) => leg !== before.legs[index]),
      transactions: changedTransactions(before, decisions),
      events: decisions.flatMap(({ event }) => event ?? []),
      alerts: decisions.flatMap(({ alerts }) => alerts),
      abandonedLegs: decisions.flatMap(({ abandonedLeg }) => abandonedLeg ?? []),
    };
  }
}

/** PROCESSED if any fact of a webhook was, else STALE if any was; a webhook without facts is IGNORED. */
export function strongestOutcome(outcomes: readonly Outcome[]): Outcome {
  if (outcomes.includes('PROCESSED')) return 'PROCESSED';
  return outcomes.includes('STALE') ? 'STALE' : 'IGNORED';
}

/** A transaction's place is that of its first change. */
function changedTransactions(before: Payment, decisions: readonly Decision[]): TransactionChange[] {
  const changed = new Map<TransactionKey, TransactionChange>();
  for (const { changes } of decisions) {
    if (changes.transaction === undefined) continue;
    const { transaction } = changes.transaction;
    const key = transactionKeyOf(transaction);
    changed.set(key, { action: before.transactions.has(key) ? 'update' : 'insert', transaction });
  }
  return [...changed.values()];
}
