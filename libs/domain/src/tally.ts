import type { Sums } from './sums.js';
import { objectKeyOf, type TransactionState } from './transactions.js';

/** A capture, once it is known, and what was given back of it. */
interface CaptureMoney {
  capture: TransactionState | null;
  /** The refund that bears the capture's own id: what was left of the capture went back. */
  reversal: TransactionState | null;
  refunded: bigint;
  refundPending: bigint;
}

interface LegMoney {
  captured: bigint;
  /** Refunds that name their capture, each up to it. */
  refunded: bigint;
  refundPending: bigint;
  /** Refunds that do not say which capture they are of. */
  looseRefunded: bigint;
  loosePending: bigint;
}

interface Hold {
  authorized: bigint;
  isVoided: boolean;
}

/**
 * The sums of an intent's transactions, kept up with each change of one of them in a time that does not grow with
 * their number. They are a function of the set of transactions: whatever the order of the changes, the sums are
 * the same. Transactions of another currency than the intent's are not counted.
 *
 * A refund can be reported before its capture, or claim more than was captured. Its row is kept as the gateway
 * reports it, and it counts up to the capture that it names (else up to the captures of its leg); once the
 * capture is known the rest counts by itself. A reversal counts what other refunds left of its capture.
 */
export class Tally {
  readonly #currency: string;
  readonly #captures = new Map<string, CaptureMoney>();
  readonly #legs = new Map<number, LegMoney>();
  readonly #holds = new Map<string, Hold>();
  #authorized = 0n;
  #disputed = 0n;
  #excess = 0n;
  #captureCount = 0;

  constructor(currency: string) {
    this.#currency = currency;
  }

  /** Counts `after` instead of `before`; null: there is none. */
  replace(before: TransactionState | null, after: TransactionState | null): void {
    if (before !== null) this.#count(before, -1n);
    if (after !== null) this.#count(after, 1n);
  }

  sums(): Sums {
    let [captured, refunded, refundPending] = [0n, 0n, 0n];
    for (const leg of this.#legs.values()) {
      const refundedOfLeg = least(leg.refunded + leg.looseRefunded, leg.captured);
      captured += leg.captured;
      refunded += refundedOfLeg;
      refundPending += least(leg.refundPending + leg.loosePending, leg.captured - refundedOfLeg);
    }
    return {
      amountAuthorized: this.#authorized,
      amountCaptured: captured,
      amountRefunded: refunded,
      amountRefundPending: refundPending,
      amountDisputed: this.#disputed,
    };
  }

  /** Captures in any currency. */
  get captureCount(): number {
    return this.#captureCount;
  }

  /** What refunds claim beyond known captures; one that waits for its capture is none of it. Minor units. */
  get excess(): bigint {
    let excess = this.#excess;
    for (const leg of this.#legs.values()) if (leg.captured > 0n) excess += looseExcess(leg);
    return excess;
  }

  /** Whether a refund that is counted here, or a part of it, has no capture to be counted against (yet). */
  waits(refund: TransactionState): boolean {
    const money = this.#captures.get(captureOf(refund));
    const isCounted = refund.status === 'PENDING' || refund.status === 'SUCCEEDED';
    if (money === undefined || !isCounted || refund.amount.currency !== this.#currency) return false;
    if (money.capture !== null) return isReversal(refund) ? false : excessOf(money) > 0n;
    const leg = this.#legs.get(refund.leg);
    return refund.parentId !== null || (leg !== undefined && looseExcess(leg) > 0n);
  }

  #count(transaction: TransactionState, sign: 1n | -1n): void {
    const { type, status, amount } = transaction;
    if (type === 'PAYMENT' && status === 'SUCCEEDED') this.#captureCount += Number(sign);
    if (amount.currency !== this.#currency) return;
    const kept = sign === 1n ? transaction : null;
    if (type === 'REFUND') this.#countRefund(transaction, sign);
    else if (type === 'DISPUTE') {
      this.#disputed += sign * (amountIf(transaction, 'PENDING') + amountIf(transaction, 'SUCCEEDED'));
    } else if (status !== 'SUCCEEDED') return;
    else if (type === 'PAYMENT') {
      this.#changeCapture(objectKeyOf(transaction), (money) => {
        money.capture = kept;
      });
    } else {
      this.#changeHold(objectKeyOf(transaction), (hold) => {
        if (type === 'VOID') hold.isVoided = kept !== null;
        else hold.authorized += sign * amount.amountMinor;
      });
    }
  }

  #countRefund(refund: TransactionState, sign: 1n | -1n): void {
    this.#changeCapture(captureOf(refund), (money) => {
      if (isReversal(refund)) money.reversal = sign === 1n ? refund : null;
      else {
        money.refunded += sign * amountIf(refund, 'SUCCEEDED');
        money.refundPending += sign * amountIf(refund, 'PENDING');
      }
    });
  }

  #changeHold(object: string, change: (hold: Hold) => void): void {
    const hold = entryOf(this.#holds, object, () => ({ authorized: 0n, isVoided: false }));
    this.#authorized -= heldBy(hold);
    change(hold);
    this.#authorized += heldBy(hold);
  }

  #changeCapture(object: string, change: (money: CaptureMoney) => void): void {
    const money = entryOf(this.#captures, object, () => ({
      capture: null,
      reversal: null,
      refunded: 0n,
      refundPending: 0n,
    }));
    this.#countCapture(money, -1n);
    change(money);
    this.#countCapture(money, 1n);
  }

  #countCapture(money: CaptureMoney, sign: 1n | -1n): void {
    const { capture, reversal } = money;
    const [reversed, reversing] = [amountIf(reversal, 'SUCCEEDED'), amountIf(reversal, 'PENDING')];
    if (capture !== null) {
      const leg = this.#leg(capture.leg);
      const captured = capture.amount.amountMinor;
      const refunded = least(money.refunded + reversed, captured);
      leg.captured += sign * captured;
      leg.refunded += sign * refunded;
      leg.refundPending += sign * least(money.refundPending + reversing, captured - refunded);
      this.#excess += sign * excessOf(money);
    } else if (reversal !== null && reversal.parentId === null) {
      // Not (known to be) a capture's own id: a refund that does not say what it is of.
      const leg = this.#leg(reversal.leg);
      leg.looseRefunded += sign * reversed;
      leg.loosePending += sign * reversing;
    }
  }

  #leg(leg: number): LegMoney {
    return entryOf(this.#legs, leg, () => ({
      captured: 0n,
      refunded: 0n,
      refundPending: 0n,
      looseRefunded: 0n,
      loosePending: 0n,
    }));
  }
}

/** The capture that a refund is of; its own id where it names none. */
function captureOf({ provider, parentId, objectId }: TransactionState): string {
  return objectKeyOf({ provider, objectId: parentId ?? objectId });
}

function isReversal({ parentId, objectId }: TransactionState): boolean {
  return parentId === null || parentId === objectId;
}

function excessOf({ capture, refunded, refundPending }: CaptureMoney): bigint {
  return positive(refunded + refundPending - (capture?.amount.amountMinor ?? 0n));
}

function looseExcess({ captured, refunded, refundPending, looseRefunded, loosePending }: LegMoney): bigint {
  const loose = looseRefunded + loosePending;
  return positive(least(loose, loose + refunded + refundPending - captured));
}

function heldBy({ authorized, isVoided }: Hold): bigint {
  return isVoided ? 0n : authorized;
}

function amountIf(transaction: TransactionState | null, status: TransactionState['status']): bigint {
  return transaction?.status === status ? transaction.amount.amountMinor : 0n;
}

function entryOf<Key, Value>(entries: Map<Key, Value>, key: Key, make: () => Value): Value {
  const known = entries.get(key);
  if (known !== undefined) return known;
  const made = make();
  entries.set(key, made);
  return made;
}

export function least(left: bigint, right: bigint): bigint {
  return left < right ? left : right;
}

function positive(amount: bigint): bigint {
  return amount > 0n ? amount : 0n;
}
