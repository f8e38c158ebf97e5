import { DataSource } from 'typeorm';
import { MIGRATIONS } from './migrations/index.js';
import { makePartitions } from './partitions.js';

/**
 * Brings the database at `url` up to date: the migrations it lacks, then the partitions it will need soon. May
 * run in several processes at once: one works, the others wait and find nothing left to do. Wants a direct
 * connection (an advisory lock of the session does not survive a transaction pooler) and the right to create
 * tables.
 *
 * @returns what it did, in order; empty if there was nothing to do.
 */
export async function migrate(url: string): Promise<string[]> {
  const source = await migrationSource(url).initialize();
  try {
    return await whileLocked(source, async () => {
      const migrations = await source.runMigrations({ transaction: 'each' });
      const partitions = await makePartitions(source, new Date());
      return [
        ...migrations.map(({ name }) => `migration ${name}`),
        ...partitions.map((name) => `partition ${name}`),
      ];
    });
  } finally {
    await source.destroy();
  }
}

/** Without the time-outs of a service: building an index may take long. */
export function migrationSource(url: string): DataSource {
  return new DataSource({
    type: 'postgres',
    url,
    applicationName: 'payments-migrate',
    connectTimeoutMS: 10_000,
    // One holds the lock, the other works.
    poolSize: 2,
    migrations: MIGRATIONS,
    migrationsTableName: 'schema_migrations',
    installExtensions: false,
    logging: false,
    // The next statement on a lost connection fails, and says so.
    poolErrorHandler: () => {},
    extra: { options: '-c timezone=UTC' },
  });
}

async function whileLocked<T>(source: DataSource, work: () => Promise<T>): Promise<T> {
  const lock = source.createQueryRunner();
  try {
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
