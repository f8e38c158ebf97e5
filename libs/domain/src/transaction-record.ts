import type { TransactionChange } from './decision.js';
import type { FactOnLeg } from './facts.js';
import type { Payment } from './payment.js';
import {
  compareReports,
  reportedTransaction,
  saysTheSame,
  type TransactionKey,
  type TransactionState,
  transactionKeyOf,
} from './transactions.js';

/** A reported transaction beside what was known of it. */
export interface TransactionRecord {
  readonly reported: TransactionState;
  readonly before: TransactionState | null;
  /** Null if what is known is at least as far along and as new. */
  readonly change: TransactionChange | null;
  /** False if the change, if any, only moves the time of the last report. */
  readonly isNews: boolean;
  readonly transactions: ReadonlyMap<TransactionKey, TransactionState>;
}

/** Null if the fact reports no transaction. */
export function recordTransaction({ transactions }: Payment, fact: FactOnLeg): TransactionRecord | null {
  const reported = reportedTransaction(fact);
  if (reported === null) return null;
  const before = transactions.get(transactionKeyOf(reported)) ?? null;
  if (before === null) return recorded(transactions, { reported, before, action: 'insert' });
  if (compareReports(reported, before) <= 0) {
    return { reported, before, change: null, isNews: false, transactions };
  }
  return recorded(transactions, { reported, before, action: 'update' });
}

function recorded(
  transactions: ReadonlyMap<TransactionKey, TransactionState>,
  {
    reported,
    before,
    action,
  }: Pick<TransactionRecord, 'reported' | 'before'> & Pick<TransactionChange, 'action'>,
): TransactionRecord {
  const transaction = { ...reported, reference: reported.reference ?? before?.reference ?? null };
  return {
    reported,
    before,
    change: { action, transaction },
    isNews: before === null || !saysTheSame(reported, before),
    transactions: new Map(transactions).set(transactionKeyOf(reported), transaction),
  };
}
