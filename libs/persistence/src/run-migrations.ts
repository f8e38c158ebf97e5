import { type Backoff, retryDelayMs, sleep } from '@payments/runtime';
import { DataSource, MigrationExecutor } from 'typeorm';
import { optionsOf, TCP_KEEPALIVES } from './data-source.js';
import { sqlState } from './database-error.js';
import { MIGRATIONS } from './migrations/index.js';
import { makePartitions } from './partitions.js';

/**
 * Statements on a table queue behind a migration that waits for its lock. So the migration waits briefly and retries:
 * a backup may hold a table for an hour, and payments continue meanwhile.
 */
const LOCK_TIMEOUT_MS = 2_000;
const LOCK_TRIES_MAX = 500;
const BACKOFF: Backoff = { baseMs: 1_000, capMs: 15_000 };

/**
 * Migrates the database at `url`: applies missing migrations, then creates the partitions needed soon. Several
 * processes may run it concurrently: one works, the others wait and find nothing left to do. Requires a direct
 * connection (a session's advisory lock does not survive a transaction pooler) and the right to create tables.
 *
 * @param now what the partitions needed soon are counted from
 * @returns what was done, in order; empty if there was nothing to do
 * @throws SQLSTATE 55P03 if a table stayed locked for about an hour: what was done until then is kept
 */
export async function migrate(url: string, now: Date = new Date()): Promise<string[]> {
  const source = await migrationSource(url).initialize();
  try {
    return await whileLocked(source, async () => {
      const pending = await new MigrationExecutor(source).getPendingMigrations();
      await whenFree(() => source.runMigrations({ transaction: 'each' }));
      const partitions = await whenFree(() => makePartitions(source, now));
      return [
        ...pending.map(({ name }) => `migration ${name}`),
        ...partitions.map((name) => `partition ${name}`),
      ];
    });
  } finally {
    await source.destroy();
  }
}

/** Retries `work` until the tables it needs are not locked. */
async function whenFree<T>(work: () => Promise<T>): Promise<T> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await work();
    } catch (error) {
      if (sqlState(error) !== '55P03' || tries >= LOCK_TRIES_MAX) throw error;
      await sleep(retryDelayMs(tries, BACKOFF));
    }
  }
}

/** Without a service's time-outs, except for locks: building an index may take long. */
export function migrationSource(url: string): DataSource {
  return new DataSource({
    type: 'postgres',
    url,
    applicationName: 'payments-migrate',
    connectTimeoutMS: 10_000,
    // One connection holds the advisory lock, the other one works.
    poolSize: 2,
    migrations: MIGRATIONS,
    migrationsTableName: 'schema_migrations',
    installExtensions: false,
    logging: false,
    // The next statement on a lost connection fails, and reports it.
    poolErrorHandler: () => {},
    extra: { options: optionsOf(['timezone=UTC', `lock_timeout=${LOCK_TIMEOUT_MS}`, ...TCP_KEEPALIVES]) },
  });
}

async function whileLocked<T>(source: DataSource, work: () => Promise<T>): Promise<T> {
  const lock = source.createQueryRunner();
  try {
    // Another process may work for as long as it takes.
    await lock.query('SET lock_timeout = 0');
    await lock.query(`SELECT pg_advisory_lock(hashtextextended('payments:migrate', 0))`);
    try {
      return await work();
    } finally {
      await lock.query(`SELECT pg_advisory_unlock(hashtextextended('payments:migrate', 0))`);
    }
  } finally {
    await lock.release();
  }
}
