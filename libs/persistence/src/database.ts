import type { PoolClient } from 'pg';
import { DataSource, type EntityManager, type QueryRunner } from 'typeorm';
import { databaseErrorOf } from './database-error.js';
import { ENTITIES } from './entities/index.js';
import { PreparingClient } from './preparing-client.js';
import { pipelined } from './statements/pipelined.js';

/** What of a logger this library uses. */
export interface DatabaseLogger {
  warn(details: object, message: string): void;
}

export interface DatabaseOptions {
  /** `postgres://user:password@host:port/database`. */
  readonly url: string;
  /** Connections at most. */
  readonly poolSize: number;
  /** Shown in `pg_stat_activity`. */
  readonly applicationName: string;
  readonly logger?: DatabaseLogger;
  readonly timeouts?: Partial<DatabaseTimeouts>;
}

/** All in milliseconds. */
export interface DatabaseTimeouts {
  /** For a new connection as well as for a free one of the pool. */
  readonly connectMs: number;
  /** A statement is cancelled (57014). */
  readonly statementMs: number;
  /** A wait for one lock is given up (55P03). */
  readonly lockMs: number;
  /** A transaction without a statement is ended by the server (25P03, the connection is lost). */
  readonly idleInTransactionMs: number;
}

export const DATABASE_TIMEOUTS: DatabaseTimeouts = {
  connectMs: 5_000,
  statementMs: 15_000,
  lockMs: 5_000,
  idleInTransactionMs: 30_000,
};

/** Longer than the server's own limit, so that it only ends what a dead network would leave hanging. */
const READ_TIMEOUT_SLACK_MS = 5_000;

/**
 * Every statement of a payment has its index, but where Postgres has no statistics yet, as of a month's new partition,
 * it takes 300 ids for the whole table and reads all of it, until the first ANALYZE a minute later.
 */
const BY_INDEXES = 'enable_seqscan=off';

/**
 * Left to itself, Postgres plans what reads a partitioned table anew each time, since a plan for one partition looks
 * cheaper: planning then takes most of its time for a payment. Plans are made again after DDL and each ANALYZE.
 */
const PLANNED_ONCE = 'plan_cache_mode=force_generic_plan';

/**
 * What a plan for any ids is reckoned to cost grows with the months that are there, until Postgres would compile it, at
 * each execution, for longer than it runs.
 */
const NOT_COMPILED = 'jit=off';

/**
 * Postgres notices within a minute that the machine of a client is gone, in place of two hours: until then it keeps the
 * connection, and what its session has locked.
 */
export const CLIENTS_MISSED: readonly string[] = [
  'tcp_keepalives_idle=30',
  'tcp_keepalives_interval=10',
  'tcp_keepalives_count=3',
];

export type TransactionWork<T> = (em: EntityManager) => Promise<T>;

export interface Database {
  readonly primary: DataSource;
  /**
   * Runs `fn` in one transaction at READ COMMITTED on the primary and commits it. Statements are sent as soon as they
   * are asked for, in that order: what is not waited for goes together with what follows (see `pipelined`).
   *
   * @param lastly the last statement, if nothing is to be done with its answer: it is sent together with the COMMIT
   * @throws what `fn` throws, after a roll-back; TransactionAbortedError if `fn` swallowed a failed statement.
   * An error of kind `unavailable` (see `databaseErrorOf`) may come from the COMMIT: it may have happened.
   */
  transaction<T>(fn: TransactionWork<T>, lastly?: TransactionWork<unknown>): Promise<T>;
  /** Resolves if the primary answers; for readiness checks. */
  ping(): Promise<void>;
  close(): Promise<void>;
}

/** The transaction was rolled back by Postgres, because a statement in it had failed. */
export class TransactionAbortedError extends Error {
  override readonly name = 'TransactionAbortedError';
}

/**
 * Connects, so that a wrong URL fails now. Lost connections are replaced when next needed; each loss is
 * logged and never ends the process.
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

/** Not yet connected. Sessions that only read refuse to write (25006). */
export function dataSource(options: DatabaseOptions, { readOnly = false } = {}): DataSource {
  const timeouts = { ...DATABASE_TIMEOUTS, ...options.timeouts };
  // Set once a connection instead of once a transaction: that saves a round trip each time.
  const session = ['default_transaction_isolation=read\\ committed', 'timezone=UTC', ...CLIENTS_MISSED];
  session.push(
    ...(readOnly ? ['default_transaction_read_only=on'] : [BY_INDEXES, PLANNED_ONCE, NOT_COMPILED]),
  );
  return new DataSource({
    type: 'postgres',
    url: options.url,
    applicationName: options.applicationName,
    poolSize: options.poolSize,
    connectTimeoutMS: timeouts.connectMs,
    entities: ENTITIES,
    synchronize: false,
    installExtensions: false,
    logging: false,
    poolErrorHandler: (error: unknown) => {
      const found = databaseErrorOf(error);
      options.logger?.warn({ code: found?.code, message: String(error) }, 'database connection lost');
    },
    extra: {
      Client: PreparingClient,
      pipeline: true,
      statement_timeout: timeouts.statementMs,
      lock_timeout: timeouts.lockMs,
      idle_in_transaction_session_timeout: timeouts.idleInTransactionMs,
      query_timeout: timeouts.statementMs + READ_TIMEOUT_SLACK_MS,
      keepAlive: true,
      options: optionsOf(session),
    },
  });
}

/** Settings of a session, as a connection is opened with them. */
export function optionsOf(settings: readonly string[]): string {
  return settings.map((setting) => `-c ${setting}`).join(' ');
}

async function inTransaction<T>(
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
 * Of a transaction that TypeORM did not begin, and in which it makes savepoints. Statements are sent in the order in
 * which they are asked for: TypeORM first lets others run, and what is not waited for would change places. And it hangs
 * the parameters on an error, sealed bodies included.
 *
 * Only reads go together with BEGIN: if that fails, what was sent behind it counts without a transaction.
 */
function managerOf(runner: QueryRunner, client: PoolClient, begun: Promise<void>): EntityManager {
  Object.assign(runner, { isTransactionActive: true, transactionDepth: 1 });
  let goesAtOnce = isRead;
  const beginning = begun.then(() => {
    goesAtOnce = () => true;
  });
  // Whoever waits for `begun` is told.
  beginning.catch(() => {});
  const query = async (sql: string, parameters?: unknown[]): Promise<unknown> => {
    if (!goesAtOnce(sql)) {
      // Nor does a read overtake it.
      goesAtOnce = () => false;
      await beginning;
    }
    const { command, rows, rowCount } = await client.query(sql, parameters);
    return command === 'UPDATE' || command === 'DELETE' ? [rows, rowCount] : rows;
  };
  return Object.assign(runner.manager, { query });
}

/** A WITH may write. */
function isRead(sql: string): boolean {
  return /^\s*SELECT\b/i.test(sql);
}

/** What was sent with it is not part of a transaction if it fails: the connection ends, so that nothing follows. */
async function begin(client: PoolClient): Promise<void> {
  try {
    await client.query('BEGIN');
  } catch (error) {
    endOf(client);
    throw error;
  }
}

/** Leaves the connection clean or, where that is not certain, ends it: the pool never takes it back then. */
async function abandon(client: PoolClient, error: unknown): Promise<void> {
  try {
    if (databaseErrorOf(error)?.kind === 'unavailable') throw error;
    await client.query('ROLLBACK');
  } catch {
    endOf(client);
  }
}

/** pg's types leave out that a pooled client can be ended, which the pool notices on release. */
function endOf(client: PoolClient): void {
  (client as PoolClient & { end(callback: () => void): void }).end(() => {});
}
