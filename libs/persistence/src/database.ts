import type { DataSource } from 'typeorm';
import { type DatabaseOptions, dataSource } from './data-source.js';
import { inTransaction, type TransactionWork } from './transaction.js';

export interface Database {
  readonly primary: DataSource;
  /**
   * Runs `fn` in one transaction at READ COMMITTED on the primary and commits it. Statements are sent in the order of
   * the calls and at once: those that are not awaited are sent together with the next ones (see `pipelined`).
   *
   * @param lastly the last statement, if its result is not needed: it is sent together with the COMMIT
   * @throws what `fn` throws, after a roll-back; TransactionAbortedError if `fn` swallowed a failed statement.
   * An error of kind `unavailable` (see `databaseErrorOf`) may come from the COMMIT: it may have happened.
   */
  transaction<T>(fn: TransactionWork<T>, lastly?: TransactionWork<unknown>): Promise<T>;
  /** Resolves if the primary answers; for readiness checks. */
  ping(): Promise<void>;
  close(): Promise<void>;
}

/**
 * Connects, so that a wrong URL fails at the start. Lost connections are logged, replaced when next needed, and never
 * end the process.
 *
 * @throws an error of kind `unavailable` or `statement` (see `databaseErrorOf`).
 */
export async function openDatabase(options: DatabaseOptions): Promise<Database> {
  const primary = await dataSource(options).initialize();
  return {
    primary,
    transaction: (fn, lastly) => inTransaction(primary, fn, lastly),
    ping: async () => {
      await primary.query('SELECT 1');
    },
    close: () => primary.destroy(),
  };
}
