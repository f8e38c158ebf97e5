import type { PoolClient } from 'pg';
import type { DataSource, EntityManager, QueryRunner } from 'typeorm';
import { databaseErrorOf } from './database-error.js';
import { pipelined } from './statements/pipelined.js';

export type TransactionWork<T> = (em: EntityManager) => Promise<T>;

/** The transaction was rolled back by Postgres, because a statement in it had failed. */
export class TransactionAbortedError extends Error {
  override readonly name = 'TransactionAbortedError';
}

/** See `Database.transaction`. */
export async function inTransaction<T>(
  primary: DataSource,
  fn: TransactionWork<T>,
  lastly: TransactionWork<unknown> = async () => {},
): Promise<T> {
  const runner = primary.createQueryRunner();
  try {
    const client: PoolClient = await runner.connect();
    return await onConnection(runner, client, { fn, lastly });
  } finally {
    await runner.release();
  }
}

async function onConnection<T>(
  runner: QueryRunner,
  client: PoolClient,
  { fn, lastly }: { readonly fn: TransactionWork<T>; readonly lastly: TransactionWork<unknown> },
): Promise<T> {
  let lost: Error | undefined;
  const onLost = (error: Error): void => {
    lost ??= error;
  };
  client.on('error', onLost);
  try {
    const begun = begin(client);
    const em = managerOf(runner, client, begun);
    const [, result] = await pipelined([begun, fn(em)]);
    if (lost) throw lost;
    // Postgres answers the COMMIT of a failed transaction with ROLLBACK.
    const [, { command }] = await pipelined([lastly(em), client.query('COMMIT')]);
    if (command !== 'COMMIT') throw new TransactionAbortedError('a failed statement was passed over');
    return result;
  } catch (error) {
    await abandon(client, lost ?? error);
    throw lost ?? error;
  } finally {
    client.off('error', onLost);
  }
}

/**
 * An EntityManager of a transaction that TypeORM did not begin, and in which it creates savepoints. Its `query`
 * replaces TypeORM's for two reasons: TypeORM yields before it sends, so that statements sent without waiting would
 * change places; and it attaches the parameters, sealed bodies included, to errors.
 *
 * Only reads are sent together with BEGIN: if that fails, the statements behind it run outside of a transaction.
 */
function managerOf(runner: QueryRunner, client: PoolClient, begun: Promise<void>): EntityManager {
  Object.assign(runner, { isTransactionActive: true, transactionDepth: 1 });
  let isSentAtOnce = isRead;
  const beginning = begun.then(() => {
    isSentAtOnce = () => true;
  });
  // Reported to whoever awaits `begun`.
  beginning.catch(() => {});
  const query = async (sql: string, parameters?: unknown[]): Promise<unknown> => {
    if (!isSentAtOnce(sql)) {
      // Later reads must not overtake it.
      isSentAtOnce = () => false;
      await beginning;
    }
    const { command, rows, rowCount } = await client.query(sql, parameters);
    return command === 'UPDATE' || command === 'DELETE' ? [rows, rowCount] : rows;
  };
  return Object.assign(runner.manager, { query });
}

/** A statement that begins with WITH may write. */
function isRead(sql: string): boolean {
  return /^\s*SELECT\b/i.test(sql);
}

/** If BEGIN fails, ends the connection, so that no further statement runs outside of a transaction. */
async function begin(client: PoolClient): Promise<void> {
  try {
    await client.query('BEGIN');
  } catch (error) {
    endOf(client);
    throw error;
  }
}

/** Rolls back or, if that is not certain to work, ends the connection: then the pool does not take it back. */
async function abandon(client: PoolClient, error: unknown): Promise<void> {
  try {
    if (databaseErrorOf(error)?.kind === 'unavailable') throw error;
    await client.query('ROLLBACK');
  } catch {
    endOf(client);
  }
}

/** A pooled client can be ended, which the pool notices on release; pg's types do not show it. */
function endOf(client: PoolClient): void {
  (client as PoolClient & { end(callback: () => void): void }).end(() => {});
}
