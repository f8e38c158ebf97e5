import { LiveAttempts, liveWordOf } from './live-attempts.js';
import { type Intent, type Leg, legOf, type Payment } from './payment.js';
import { Tally } from './tally.js';
import { objectKeyOf, type TransactionKey, type TransactionState, transactionKeyOf } from './transactions.js';
import type { TimedStatusFact } from './transitions.js';

/**
 * A payment while facts are applied to it, with what follows from its transactions kept up beside them: many
 * facts then cost what each of them costs alone. The payment that it is opened on stays as it is.
 */
export class Book {
  intent: Intent;
  readonly #transactions: Map<TransactionKey, TransactionState>;
  readonly #tally: Tally;
  #legs: readonly Leg[];
  #attempts = new Map<number, LiveAttempts>();
  /** What transactions were before they were put. */
  #undo: [key: TransactionKey, was: TransactionState | null][] = [];

  constructor({ intent, legs, transactions }: Payment) {
    this.intent = intent;
    this.#legs = legs;
    this.#transactions = new Map(transactions);
    this.#tally = new Tally(intent.currency);
    for (const transaction of transactions.values()) {
      this.#tally.replace(null, transaction);
      this.#hear(transaction);
    }
  }

  get legs(): readonly Leg[] {
    return this.#legs;
  }

  get transactions(): ReadonlyMap<TransactionKey, TransactionState> {
    return this.#transactions;
  }

  get tally(): Pick<Tally, 'sums' | 'excess' | 'captureCount' | 'waits'> {
    return this.#tally;
  }

  /** The payment as it is now; what is applied later does not show in it, but for its transactions. */
  get payment(): Payment {
    return { intent: this.intent, legs: this.#legs, transactions: this.#transactions };
  }

  /** The last word of the attempts on a leg whose money is under way or held; null if there are none. */
  liveWord(leg: number): TimedStatusFact | null {
    return this.#attempts.get(leg)?.newest() ?? null;
  }

  setLeg(leg: Leg): void {
    this.#legs = this.#legs.map((one) => (one.leg === leg.leg ? leg : one));
  }

  /** A leg takes the object that its gateway opened for it; the first one stays. @throws RangeError as `legOf` */
  openLeg(number: number, gatewayObjectId: string): void {
    const leg = legOf(this, number);
    if (leg.gatewayObjectId !== null) return;
    this.setLeg({ ...leg, gatewayObjectId });
    // Which attempts are the leg's own is known only now.
    this.#attempts = new Map();
    for (const transaction of this.#transactions.values()) this.#hear(transaction);
  }

  put(transaction: TransactionState): void {
    const key = transactionKeyOf(transaction);
    this.#undo.push([key, this.#transactions.get(key) ?? null]);
    this.#set(key, transaction);
  }

  /** What `change` returns; if it throws, the book is as it was before. */
  atomically<Result>(change: () => Result): Result {
    const { intent, legs } = this;
    this.#undo = [];
    try {
      return change();
    } catch (error) {
      for (const [key, transaction] of this.#undo.reverse()) this.#set(key, transaction);
      this.intent = intent;
      this.#legs = legs;
      throw error;
    }
  }

  #set(key: TransactionKey, transaction: TransactionState | null): void {
    const before = this.#transactions.get(key) ?? null;
    if (transaction === null) this.#transactions.delete(key);
    else this.#transactions.set(key, transaction);
    this.#tally.replace(before, transaction);
    for (const changed of [before, transaction]) if (changed !== null) this.#hear(changed);
  }

  /** What the object of a transaction says by now, if it is an attempt to pay on its leg. */
  #hear(transaction: TransactionState): void {
    if (transaction.type === 'REFUND' || transaction.type === 'DISPUTE') return;
    const leg = this.#legs.find((one) => one.leg === transaction.leg);
    if (leg === undefined) return;
    const { currency } = this.intent;
    const attempts = this.#attempts.get(leg.leg) ?? new LiveAttempts();
    this.#attempts.set(leg.leg, attempts);
    attempts.set(objectKeyOf(transaction), liveWordOf(transaction, { leg, currency }, this.#transactions));
  }
}
