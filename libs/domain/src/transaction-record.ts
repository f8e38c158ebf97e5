import type { TransactionChange } from './decision.js';
import type { FactOnLeg } from './facts.js';
import type { Payment } from './payment.js';
import {
  compareReports,
  reportedTransaction,
  saysTheSame,
  type TransactionState,
  transactionKeyOf,
} from './transactions.js';

/** A reported transaction beside what was known of it. */
export interface TransactionRecord {
  readonly reported: TransactionState;
  readonly before: TransactionState | null;
  /** Null if nothing of it was unknown. */
  readonly change: TransactionChange | null;
  /** False if the change, if any, only moves the time of the last report or what is noted beside. */
  readonly isNews: boolean;
  /** What was known is further along or newer. */
  readonly isOutdated: boolean;
}

/** Null if the fact reports no transaction. */
export function recordTransaction(
  { transactions }: Pick<Payment, 'transactions'>,
  fact: FactOnLeg,
): TransactionRecord | null {
  const reported = reportedTransaction(fact);
  if (reported === null) return null;
  const before = transactions.get(transactionKeyOf(reported)) ?? null;
  if (before === null) {
    const change = { action: 'insert', transaction: reported } as const;
    return { reported, before, change, isNews: true, isOutdated: false };
  }
  const order = compareReports(reported, before);
  const transaction = order > 0 ? withNotes(reported, before) : withNotes(before, reported);
  return {
    reported,
    before,
    change: order > 0 || transaction !== before ? { action: 'update', transaction } : null,
    isNews: order > 0 && !saysTheSame(reported, before),
    isOutdated: order < 0,
  };
}

/** What one report notes beside the money stays, whatever others leave out. The same object if nothing is added. */
function withNotes(transaction: TransactionState, other: TransactionState): TransactionState {
  const reference = transaction.reference ?? other.reference;
  const parentId = transaction.parentId ?? other.parentId;
  if (reference === transaction.reference && parentId === transaction.parentId) return transaction;
  return { ...transaction, reference, parentId };
}
