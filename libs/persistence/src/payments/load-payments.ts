import type { Payment, TransactionKey } from '@payments/domain';
import type { EntityManager } from 'typeorm';
import { pipelined } from '../statements/pipelined.js';
import { lockIntents } from './lock-intents.js';
import { readLegs } from './read-legs.js';
import { readTransactions } from './read-transactions.js';

/** A whole stored payment, locked until the transaction ends. */
export interface LoadedPayment {
  readonly payment: Payment;
  /** Internal ids of its transactions. */
  readonly transactionIds: ReadonlyMap<TransactionKey, string>;
}

/**
 * Locks intents in the order of their ids and loads them with all their legs and transactions. These are read under the
 * lock, so they belong to the version that was read.
 *
 * @param rowIds internal ids; those whose row is archived, or one of a transaction, are missing in the result
 */
export async function loadPaymentsForUpdate(
  em: EntityManager,
  rowIds: readonly string[],
): Promise<Map<string, LoadedPayment>> {
  const ids = [...new Set(rowIds)];
  const [intents, legs, transactions] = await pipelined([
    lockIntents(em, ids),
    readLegs(em, ids),
    readTransactions(em, ids),
  ]);
  return new Map(
    intents.flatMap((intent) => {
      if (transactions.archivedIn.has(intent.id)) return [];
      const found = transactions.ofIntents.get(intent.id);
      const payment: Payment = {
        intent,
        legs: legs.get(intent.id) ?? [],
        transactions: found?.states ?? new Map(),
      };
      return [[intent.id, { payment, transactionIds: found?.rowIds ?? new Map() }]];
    }),
  );
}
