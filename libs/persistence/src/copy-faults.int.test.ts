import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals';
import { createTestDatabase, uniqueName, until } from '@payments/local/testing';
import type { EntityManager } from 'typeorm';
import type { DatabaseOptions } from './data-source.js';
import { type Database, openDatabase } from './database.js';
import { databaseErrorOf, sqlState } from './database-error.js';
import { copyInto, copyRows } from './statements/copy-rows.js';
import { pipelined } from './statements/pipelined.js';

const SET_UP = [
  'CREATE TABLE copied (t text)',
  `CREATE FUNCTION stick() RETURNS trigger LANGUAGE plpgsql AS
   $$ BEGIN PERFORM pg_sleep(600); RETURN NEW; END $$`,
  // Postgres reads no further than the first row, and the sockets have no room for so much.
  'CREATE TABLE stuck_amid (t text)',
  'CREATE TRIGGER stick BEFORE INSERT ON stuck_amid FOR EACH ROW EXECUTE FUNCTION stick()',
  // Postgres has read all of the data, and does not answer.
  'CREATE TABLE stuck_after (t text)',
  'CREATE TRIGGER stick AFTER INSERT ON stuck_after FOR EACH STATEMENT EXECUTE FUNCTION stick()',
];

let url: string;
let drop: () => Promise<void>;
let opened: Database[] = [];

beforeAll(async () => {
  ({ url, drop } = await createTestDatabase());
  const { primary } = await open('set-up');
  for (const statement of SET_UP) await primary.query(statement);
});
afterEach(async () => {
  await Promise.all(opened.map((database) => database.close()));
  opened = [];
});
afterAll(() => drop());

/** With one connection, so that each statement meets what the one before it left. */
async function open(applicationName: string, over: Partial<DatabaseOptions> = {}): Promise<Database> {
  const database = await openDatabase({ url, poolSize: 1, applicationName, ...over });
  opened.push(database);
  return database;
}

type Copying = (database: Database, table: string, rows: readonly string[]) => Promise<unknown>;

function copyTexts(em: Pick<EntityManager, 'query'>, table: string, rows: readonly string[]): Promise<void> {
  return copyRows(em, copyInto<string>(table, { t: (to, text) => to.text(text) }), rows);
}

const inTransaction: Copying = (database, table, rows) =>
  database.transaction((em) =>
    pipelined([
      em.query('SAVEPOINT copying'),
      copyTexts(em, table, rows),
      em.query('RELEASE SAVEPOINT copying'),
    ]),
  );

const alone: Copying = ({ primary }, table, rows) => copyTexts(primary, table, rows);

const WAYS: readonly [how: string, copying: Copying][] = [
  ['in a transaction', inTransaction],
  ['alone', alone],
];

const MANY = Array.from({ length: 32 }, () => 'x'.repeat(1024 * 1024));

const STUCK: readonly [where: string, how: string, copying: (database: Database) => Promise<unknown>][] =
  WAYS.flatMap(([how, copying]) => [
    ['amid its data', how, (database) => copying(database, 'stuck_amid', MANY)],
    ['after its data', how, (database) => copying(database, 'stuck_after', ['x'])],
  ]);

const failureOf = (work: Promise<unknown>) =>
  work.then(
    () => undefined,
    (error: unknown) => error,
  );

const sessionOf = ({ primary }: Database) => primary.query('SELECT pg_backend_pid() AS pid');

/** The next transaction has a connection that works, and finds nothing of what failed. */
async function expectGoodAsNew(database: Database): Promise<void> {
  const next = uniqueName('next');
  await inTransaction(database, 'copied', [next]);
  expect(await database.primary.query('DELETE FROM copied WHERE t = $1 RETURNING t', [next])).toEqual([
    [{ t: next }],
    1,
  ]);
  expect(await database.primary.query('TABLE stuck_amid UNION ALL TABLE stuck_after')).toEqual([]);
}

test.each(STUCK)('a connection that is lost %s, %s, is unavailable', async (_where, _how, copying) => {
  const database = await open('cut');
  const failing = failureOf(copying(database));
  const { primary } = await open('cutter');
  const cut = `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
    WHERE datname = current_database() AND application_name = 'cut' AND wait_event = 'PgSleep'`;
  await until(async () => (await primary.query(cut)).length > 0, { what: 'the COPY to be cut' });
  // Either the error of Postgres or the closed socket is seen first.
  expect(['57P01', 'CONNECTION_LOST', 'ECONNRESET', 'EPIPE']).toContain(databaseErrorOf(await failing)?.code);
  await expectGoodAsNew(database);
});

test('a connection without an answer in time, amid the data or after it, is not used again', async () => {
  await Promise.all(
    STUCK.map(async ([, , copying]) => {
      const database = await open('unanswered', { timeouts: { statementMs: 500 } });
      const before = await sessionOf(database);
      // The server's own limit is lifted, as if its cancellation never arrived.
      await database.primary.query('SET statement_timeout = 0');
      expect(databaseErrorOf(await failureOf(copying(database)))).toMatchObject({
        kind: 'unavailable',
        code: 'READ_TIMEOUT',
      });
      expect(await sessionOf(database)).not.toEqual(before);
      await expectGoodAsNew(database);
    }),
  );
});

test.each(WAYS)('a demoted primary, which refuses to copy %s, is not used again', async (_how, copying) => {
  const database = await open('demoted');
  const before = await sessionOf(database);
  await database.primary.query('SET SESSION CHARACTERISTICS AS TRANSACTION READ ONLY');
  expect(sqlState(await failureOf(copying(database, 'copied', MANY)))).toBe('25006');
  expect(await sessionOf(database)).not.toEqual(before);
  await expectGoodAsNew(database);
});

test('a slow COPY is cancelled by the server, and its connection used again', async () => {
  const database = await open('slow', { timeouts: { statementMs: 500 } });
  const before = await sessionOf(database);
  for (const [, , copying] of STUCK) expect(sqlState(await failureOf(copying(database)))).toBe('57014');
  expect(await sessionOf(database)).toEqual(before);
  await expectGoodAsNew(database);
});

test('the error of a COPY tells who copied', async () => {
  const database = await open('told');
  const error = await failureOf(inTransaction(database, 'copied', ['a\0b']));
  expect(error).toMatchObject({
    code: '22021',
    stack: expect.stringMatching(/ copyRows .* inTransaction /s),
  });
});
