import type { TransactionState } from './transactions.js';

/** An intent's money in minor units of its currency. Never negative. */
export interface Sums {
  /** Ever held for us and not voided; a capture does not lower it. */
  readonly amountAuthorized: bigint;
  /** Every capture, those of a duplicate charge included: it is real money, and has to be given back. */
  readonly amountCaptured: bigint;
  /** Refunds that succeeded, at most what was captured on their legs. */
  readonly amountRefunded: bigint;
  /** Refunds under way, at most what then remains of the captures. */
  readonly amountRefundPending: bigint;
  /** In a dispute that is open or lost. May exceed the captures: gateways dispute in their own way. */
  readonly amountDisputed: bigint;
}

export const NO_MONEY: Sums = {
  amountAuthorized: 0n,
  amountCaptured: 0n,
  amountRefunded: 0n,
  amountRefundPending: 0n,
  amountDisputed: 0n,
};

/** The sums alone, of anything that carries them. */
export function sumsIn(carrier: Sums): Sums {
  const { amountAuthorized, amountCaptured, amountRefunded, amountRefundPending, amountDisputed } = carrier;
  return { amountAuthorized, amountCaptured, amountRefunded, amountRefundPending, amountDisputed };
}

interface LegMoney {
  captured: bigint;
  refunded: bigint;
  refundPending: bigint;
}

/**
 * The sums of an intent's transactions, computed from nothing else: whatever the order they came in, the sums
 * are the same. Transactions of another currency than the intent's are not counted.
 *
 * A refund can be reported before its capture, or claim more than was captured. Its row is kept as the gateway
 * reports it, and it counts up to the captures of its leg; once the capture is known the rest counts by itself.
 */
export function sumsOf(transactions: Iterable<TransactionState>, currency: string): Sums {
  const counted = countedIn(transactions, currency);
  let captured = 0n;
  let refunded = 0n;
  let refundPending = 0n;
  for (const leg of moneyByLeg(counted).values()) {
    const refundedOfLeg = least(leg.refunded, leg.captured);
    captured += leg.captured;
    refunded += refundedOfLeg;
    refundPending += least(leg.refundPending, leg.captured - refundedOfLeg);
  }
  return {
    amountAuthorized: authorizedAmount(counted),
    amountCaptured: captured,
    amountRefunded: refunded,
    amountRefundPending: refundPending,
    amountDisputed: total(counted, ({ type, status }) => type === 'DISPUTE' && isOpenOrDone(status)),
  };
}

/** Refunds of one leg that no capture covers (yet), in minor units. */
export function uncoveredRefunds(
  transactions: Iterable<TransactionState>,
  currency: string,
  leg: number,
): bigint {
  const money = moneyByLeg(countedIn(transactions, currency)).get(leg);
  if (money === undefined) return 0n;
  const uncovered = money.refunded + money.refundPending - money.captured;
  return uncovered > 0n ? uncovered : 0n;
}

function countedIn(transactions: Iterable<TransactionState>, currency: string): TransactionState[] {
  return Array.from(transactions).filter(({ amount }) => amount.currency === currency);
}

function moneyByLeg(transactions: readonly TransactionState[]): Map<number, LegMoney> {
  const legs = new Map<number, LegMoney>();
  for (const { type, status, leg, amount } of transactions) {
    const money = legs.get(leg) ?? { captured: 0n, refunded: 0n, refundPending: 0n };
    if (type === 'PAYMENT' && status === 'SUCCEEDED') money.captured += amount.amountMinor;
    if (type === 'REFUND' && status === 'SUCCEEDED') money.refunded += amount.amountMinor;
    if (type === 'REFUND' && status === 'PENDING') money.refundPending += amount.amountMinor;
    legs.set(leg, money);
  }
  return legs;
}

function authorizedAmount(transactions: readonly TransactionState[]): bigint {
  const voided = new Set(
    transactions.filter(({ type, status }) => type === 'VOID' && status === 'SUCCEEDED').map(objectOf),
  );
  return total(
    transactions,
    (transaction) =>
      transaction.type === 'AUTHORIZATION' &&
      transaction.status === 'SUCCEEDED' &&
      !voided.has(objectOf(transaction)),
  );
}

function objectOf({ provider, objectId }: TransactionState): string {
  return `${provider} ${objectId}`;
}

function total(
  transactions: readonly TransactionState[],
  counts: (transaction: TransactionState) => boolean,
): bigint {
  return transactions.filter(counts).reduce((sum, { amount }) => sum + amount.amountMinor, 0n);
}

function isOpenOrDone(status: TransactionState['status']): boolean {
  return status === 'PENDING' || status === 'SUCCEEDED';
}

function least(left: bigint, right: bigint): bigint {
  return left < right ? left : right;
}
