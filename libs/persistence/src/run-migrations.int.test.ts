import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { createTestDatabase, until } from '@payments/local/testing';
import type { DataSource } from 'typeorm';
import { OrdersPaidElsewhere1764000000024 } from './migrations/1764000000024-orders-paid-elsewhere.js';
import { MIGRATIONS } from './migrations/index.js';
import { migrate, migrationSource } from './run-migrations.js';

// Partitions depend on the day: with a clock's, a test over midnight would find one more.
const NOW = new Date('2026-11-15T12:00:00Z');

let url: string;
let drop: () => Promise<void>;
let source: DataSource;

beforeAll(async () => {
  const made = await createTestDatabase();
  ({ url, drop } = made);
  source = await migrationSource(url).initialize();
});
afterAll(async () => {
  await source.destroy();
  await drop();
});

const relations = async (): Promise<string[]> => {
  const rows: { name: string }[] = await source.query(`
    SELECT c.oid::regclass::text AS name FROM pg_class c JOIN pg_namespace n ON n.oid = relnamespace
    WHERE nspname = 'public' AND relname !~ '^(schema_migrations|pg_stat_statements|PK_)' ORDER BY 1`);
  return rows.map((row) => row.name);
};

async function allDown(): Promise<void> {
  for (const _ of MIGRATIONS) await source.undoLastMigration();
}

test('a migrated database is left as it is', async () => {
  await migrate(url, NOW);
  const before = await relations();
  expect(await migrate(url, NOW)).toEqual([]);
  expect(await relations()).toEqual(before);
});

test('reverting all migrations leaves nothing; applying them again makes the same schema', async () => {
  await allDown();
  expect(await relations()).toEqual([]);
  await migrate(url, NOW);
  const before = await relations();
  await allDown();
  expect(await relations()).toEqual([]);
  const done = await migrate(url, NOW);
  expect(done.filter((line) => line.startsWith('migration'))).toHaveLength(MIGRATIONS.length);
  expect(await relations()).toEqual(before);
});

test('started several times at once, one does the work and none fails', async () => {
  await allDown();
  const done = await Promise.all([migrate(url, NOW), migrate(url, NOW), migrate(url, NOW)]);
  expect(done.filter((lines) => lines.length > 0)).toHaveLength(1);
});

test('a role without the right to install pg_stat_statements migrates all the same', async () => {
  await allDown();
  await source.query('DROP EXTENSION IF EXISTS pg_stat_statements');
  const role = `limited_${new URL(url).pathname.slice(1)}`;
  await source.query(`CREATE ROLE ${role} LOGIN PASSWORD 'limited'`);
  try {
    await source.query(`GRANT CREATE, USAGE ON SCHEMA public TO ${role}`);
    await source.query('DROP TABLE IF EXISTS schema_migrations');
    const limited = new URL(url);
    limited.username = role;
    limited.password = 'limited';
    const done = await migrate(limited.href);
    expect(done).toContain('migration KafkaSide1764000000006');
    expect(await source.query(`SELECT 1 FROM pg_extension WHERE extname = 'pg_stat_statements'`)).toEqual([]);
  } finally {
    await source.query(`DROP OWNED BY ${role} CASCADE`);
    await source.query(`DROP ROLE ${role}`);
  }
});

test('a migration that waits for a table does not block others from it', async () => {
  await migrate(url, NOW);
  // It alters payment_intents.
  const undone = MIGRATIONS.slice(MIGRATIONS.indexOf(OrdersPaidElsewhere1764000000024));
  for (const _ of undone) await source.undoLastMigration();
  const backup = source.createQueryRunner();
  const reader = source.createQueryRunner();
  try {
    await backup.startTransaction();
    await backup.query('SELECT count(*) FROM payment_intents');
    const migrated = migrate(url, NOW);
    const waiting = `SELECT 1 FROM pg_locks JOIN pg_class relation ON relation.oid = relation
      WHERE relname = 'payment_intents' AND mode = 'AccessExclusiveLock' AND NOT granted`;
    await until(async () => (await backup.query(waiting)).length > 0, { what: 'the migration to wait' });
    await reader.query('SET lock_timeout = 0');
    await reader.query('SELECT count(*) FROM payment_intents');
    await backup.commitTransaction();
    expect(await migrated).toEqual(undone.map(({ name }) => `migration ${name}`));
  } finally {
    await backup.release();
    await reader.release();
  }
}, 60_000);
