import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { createTestDatabase } from '@payments/local/testing';
import { type Database, openDatabase, VersionConflictError } from '@payments/persistence';
import { commit } from './commit.js';

let database: Database;
let drop: () => Promise<void>;
beforeAll(async () => {
  const created = await createTestDatabase();
  drop = created.drop;
  database = await openDatabase({ url: created.url, poolSize: 2, applicationName: 'commit-test' });
}, 60_000);
afterAll(async () => {
  await database.close();
  await drop();
});

const LOST = Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' });

/** Work that fails a number of times before it succeeds, and a count of its starts. */
function workThatFails(times: number, error: Error) {
  const work = { begun: 0, run: async (): Promise<string> => 'done' };
  work.run = async () => {
    work.begun += 1;
    if (work.begun <= times) throw error;
    return 'done';
  };
  return work;
}

test('a transaction that came second runs again', async () => {
  const work = workThatFails(3, new VersionConflictError('another was first'));
  expect(await commit(database, work.run)).toBe('done');
  expect(work.begun).toBe(4);
});

test('one that comes second for ever is given up', async () => {
  const work = workThatFails(100, new VersionConflictError('another was first'));
  await expect(commit(database, work.run)).rejects.toThrow(VersionConflictError);
  expect(work.begun).toBe(8);
});

test('Postgres is waited for only where that was asked for', async () => {
  const impatient = workThatFails(1, LOST);
  await expect(commit(database, impatient.run)).rejects.toBe(LOST);
  expect(impatient.begun).toBe(1);
  const patient = workThatFails(2, LOST);
  expect(await commit(database, patient.run, { outlastMs: 60_000 })).toBe('done');
});

test('the month of a payment that has no partition gets one', async () => {
  const [{ name }] = await database.primary.query(`
    SELECT inhrelid::regclass::text AS name FROM pg_inherits
    WHERE inhparent = 'payment_transactions'::regclass AND inhrelid::regclass::text ~ '[0-9]$' ORDER BY 1 DESC LIMIT 1`);
  await database.primary.query(`DROP TABLE ${name}`);
  const missing = `SELECT count(*)::int AS n FROM pg_class WHERE relname = '${name}'`;
  const work = workThatFails(1, await partitionMissing());
  expect(await commit(database, work.run)).toBe('done');
  expect(await database.primary.query(missing)).toEqual([{ n: 1 }]);
});

/** Postgres' error for a row without a matching partition. */
async function partitionMissing(): Promise<Error> {
  await database.primary.query('CREATE TABLE IF NOT EXISTS months (at date) PARTITION BY RANGE (at)');
  return database.primary.query(`INSERT INTO months VALUES ('2020-01-01')`).then(
    () => new Error('the row was taken'),
    (error: Error) => error,
  );
}

test('what nobody foresaw is thrown at once', async () => {
  const work = workThatFails(1, new TypeError('undefined is no function'));
  await expect(commit(database, work.run, { outlastMs: 60_000 })).rejects.toThrow(TypeError);
  expect(work.begun).toBe(1);
});
