import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { createTestDatabase, type TestDatabase, until } from '@payments/local/testing';
import { type Database, openDatabase } from '@payments/persistence';
import { createLogger, Metrics } from '@payments/runtime';
import { measured } from '@payments/runtime/testing';
import { keepPartitions } from './keep-partitions.js';

let testDatabase: TestDatabase;
let database: Database;
beforeEach(async () => {
  testDatabase = await createTestDatabase();
  database = await openDatabase({ url: testDatabase.url, poolSize: 2, applicationName: 'partitions-test' });
}, 60_000);
afterEach(async () => {
  await database.close();
  await testDatabase.drop();
});

test('partitions are made while services run, and rows that had none are counted', async () => {
  const date = new Date(Date.now() + 5 * 86_400_000).toISOString().slice(0, 10);
  const partition = `payment_webhook_bodies_${date.replaceAll('-', '_')}`;
  await database.primary.query(`DROP TABLE ${partition}`);
  await database.primary.query(
    `INSERT INTO payment_webhook_bodies (webhook_id, received_at, sealed_body) VALUES ('stripe:old', '2001-01-01', '')`,
  );
  const [metrics, logger] = [
    new Metrics({ defaultMetrics: false }),
    createLogger({ service: 'test', level: 'silent' }),
  ];
  const stop = keepPartitions(database, metrics, logger);
  const isThere = async () => {
    const [row] = await database.primary.query('SELECT to_regclass($1) AS name', [partition]);
    return row.name !== null;
  };
  const strays = (table: string) => measured(metrics, 'database_stray_rows', { table });
  await until(async () => (await strays('payment_webhook_bodies')) === 1, { what: 'the row to be counted' });
  stop();
  expect(await isThere()).toBe(true);
  expect(await strays('payment_intents')).toBe(0);
});
