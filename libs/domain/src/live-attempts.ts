import { isOfOtherObject, type Leg } from './payment.js';
import type { TransactionType } from './statuses.js';
import { isAttempt, type TransactionKey, type TransactionState, transactionKeyOf } from './transactions.js';
import { compareStatusFacts, type TimedStatusFact } from './transitions.js';

/** Attempts to pay on one leg whose money is under way or held, each with the last word on it. */
export class LiveAttempts {
  readonly #words = new Map<string, TimedStatusFact>();
  /** Undefined: has to be looked for. */
  #newest: TimedStatusFact | null | undefined = null;

  /** `word` is what the attempt says by now; null: it has ended. */
  set(objectId: string, word: TimedStatusFact | null): void {
    const before = this.#words.get(objectId);
    if (word === null) this.#words.delete(objectId);
    else this.#words.set(objectId, word);
    if (this.#newest === undefined) return;
    if (word !== null && isNewer(word, this.#newest)) this.#newest = word;
    else if (before !== undefined && before === this.#newest) this.#newest = undefined;
  }

  newest(): TimedStatusFact | null {
    if (this.#newest === undefined) {
      this.#newest = null;
      for (const word of this.#words.values()) if (isNewer(word, this.#newest)) this.#newest = word;
    }
    return this.#newest;
  }
}

/**
 * What the rows of an object say of it as an attempt on a leg: `processing`, `authorized`, or null if nothing is
 * under way or held. Rows of another currency pay for nothing and say nothing.
 */
export function liveWordOf(
  { provider, objectId }: Pick<TransactionState, 'provider' | 'objectId'>,
  { leg, currency }: { readonly leg: Leg; readonly currency: string },
  transactions: ReadonlyMap<TransactionKey, TransactionState>,
): TimedStatusFact | null {
  const row = (type: TransactionType): TransactionState | undefined => {
    const found = transactions.get(transactionKeyOf({ provider, type, objectId }));
    const speaks = found?.leg === leg.leg && isAttempt(found) && !isOfOtherObject(leg, found);
    return speaks && found.amount.currency === currency ? found : undefined;
  };
  const [payment, authorization, voided] = [row('PAYMENT'), row('AUTHORIZATION'), row('VOID')];
  if (payment?.status === 'SUCCEEDED') return null;
  const words: TimedStatusFact[] = [];
  for (const pending of [payment, authorization]) {
    if (pending?.status === 'PENDING') words.push({ fact: 'processing', occurredAt: pending.occurredAt });
  }
  if (authorization?.status === 'SUCCEEDED' && voided?.status !== 'SUCCEEDED') {
    words.push({ fact: 'authorized', occurredAt: authorization.occurredAt });
  }
  const newest = words.sort(compareStatusFacts).at(-1) ?? null;
  const hasFailedSince =
    payment !== undefined &&
    payment.status !== 'PENDING' &&
    newest !== null &&
    payment.occurredAt > newest.occurredAt;
  return hasFailedSince ? null : newest;
}

function isNewer(word: TimedStatusFact, than: TimedStatusFact | null): boolean {
  return than === null || compareStatusFacts(word, than) > 0;
}
