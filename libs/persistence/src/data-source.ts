import { DataSource } from 'typeorm';
import { databaseErrorOf } from './database-error.js';
import { ENTITIES } from './entities/index.js';
import { PreparingClient } from './preparing-client.js';

/** The methods of a logger that this library uses. */
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
  /** For opening a connection, and for getting a free one from the pool. */
  readonly connectMs: number;
  /** Then a statement is cancelled (57014). */
  readonly statementMs: number;
  /** Then a statement that waits for a lock is cancelled (55P03). */
  readonly lockMs: number;
  /** Then the server ends a transaction that sends no statement (25P03, the connection is lost). */
  readonly idleInTransactionMs: number;
}

const DATABASE_TIMEOUTS: DatabaseTimeouts = {
  connectMs: 5_000,
  statementMs: 15_000,
  lockMs: 5_000,
  idleInTransactionMs: 30_000,
};

/**
 * The client waits longer than the server's own limit, so that it only ends what a dead network would leave hanging.
 */
const READ_TIMEOUT_SLACK_MS = 5_000;

/**
 * Every statement on the hot path has its index. But without statistics, as for a month's new partition until the first
 * ANALYZE a minute later, Postgres takes 300 ids for the whole table and scans all of it.
 */
const BY_INDEXES = 'enable_seqscan=off';

/**
 * By default Postgres plans a statement on a partitioned table at each execution, since a plan for one partition looks
 * cheaper: planning then takes most of its time for a payment. Generic plans are made again after DDL and ANALYZE.
 */
const GENERIC_PLANS = 'plan_cache_mode=force_generic_plan';

/**
 * The estimated cost of a generic plan grows with the number of monthly partitions, until Postgres would compile it at
 * each execution, which takes longer than running it.
 */
const NO_JIT = 'jit=off';

/**
 * Lets Postgres notice within a minute, not two hours, that a client's machine is gone: until then it keeps the session
 * and its locks.
 */
export const TCP_KEEPALIVES: readonly string[] = [
  'tcp_keepalives_idle=30',
  'tcp_keepalives_interval=10',
  'tcp_keepalives_count=3',
];

/** A pool that is not connected yet. With `readOnly`, its sessions refuse to write (25006). */
export function dataSource(options: DatabaseOptions, { readOnly = false } = {}): DataSource {
  const timeouts = { ...DATABASE_TIMEOUTS, ...options.timeouts };
  // Set per connection instead of per transaction, which saves a round trip each time.
  const session = ['default_transaction_isolation=read\\ committed', 'timezone=UTC', ...TCP_KEEPALIVES];
  session.push(...(readOnly ? ['default_transaction_read_only=on'] : [BY_INDEXES, GENERIC_PLANS, NO_JIT]));
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

/** Session settings in the form of the connection parameter `options`. */
export function optionsOf(settings: readonly string[]): string {
  return settings.map((setting) => `-c ${setting}`).join(' ');
}
