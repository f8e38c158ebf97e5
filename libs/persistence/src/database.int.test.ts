import { afterAll, afterEach, beforeAll, expect, jest, test } from '@jest/globals';
import { createTestDatabase, until } from '@payments/local/testing';
import type { DatabaseOptions } from './data-source.js';
import { type Database, openDatabase } from './database.js';
import { databaseErrorOf, sqlState } from './database-error.js';
import { PreparingClient } from './preparing-client.js';
import { pipelined } from './statements/pipelined.js';
import { TransactionAbortedError } from './transaction.js';

let url: string;
let drop: () => Promise<void>;
let opened: Database[] = [];

beforeAll(async () => {
  const made = await createTestDatabase();
  ({ url, drop } = made);
  const database = await open();
  await database.primary.query('CREATE TABLE notes (n integer PRIMARY KEY)');
});
afterEach(async () => {
  await Promise.all(opened.map((database) => database.close()));
  opened = [];
});
afterAll(() => drop());

async function open(over: Partial<DatabaseOptions> = {}): Promise<Database> {
  const database = await openDatabase({ url, poolSize: 2, applicationName: 'test', ...over });
  opened.push(database);
  return database;
}

const write = (database: Database, n: number) =>
  database.transaction((em) => em.query('INSERT INTO notes VALUES ($1)', [n]));

/** What a restart of Postgres does to the connections of one application. */
async function cutConnections(applicationName: string): Promise<void> {
  const admin = await open({ applicationName: 'cutter' });
  await admin.primary.query(
    // Of this database only: other tests use the same server.
    `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
     WHERE application_name = $1 AND datname = current_database()`,
    [applicationName],
  );
}

test('a transaction runs at READ COMMITTED, in UTC, by indexes, under its application name and time-outs', async () => {
  const database = await open({ applicationName: 'webhooks' });
  const settings = await database.transaction(async (em) => {
    const [row] = await em.query(`SELECT current_setting('transaction_isolation') AS isolation,
      current_setting('timezone') AS zone, current_setting('application_name') AS name,
      current_setting('statement_timeout') AS statement, current_setting('lock_timeout') AS lock,
      current_setting('idle_in_transaction_session_timeout') AS idle, current_setting('enable_seqscan') AS scans,
      current_setting('plan_cache_mode') AS plans, current_setting('jit') AS jit,
      current_setting('tcp_keepalives_idle') AS "clientMissed"`);
    return row;
  });
  expect(settings).toEqual({
    isolation: 'read committed',
    zone: 'UTC',
    name: 'webhooks',
    statement: '15s',
    lock: '5s',
    idle: '30s',
    scans: 'off',
    plans: 'force_generic_plan',
    jit: 'off',
    clientMissed: '30',
  });
});

test('a transaction returns what its function returns, and is committed then', async () => {
  const database = await open();
  expect(
    await database.transaction(async (em) => em.query('INSERT INTO notes VALUES (1) RETURNING n')),
  ).toEqual([{ n: 1 }]);
  expect(await database.primary.query('SELECT n FROM notes WHERE n = 1')).toHaveLength(1);
});

test('the last statement, which is not awaited, is committed with the others or fails them', async () => {
  const database = await open();
  const both = (last: number) =>
    database.transaction(
      (em) => em.query('INSERT INTO notes VALUES (20)'),
      (em) => em.query('INSERT INTO notes VALUES ($1)', [last]),
    );
  await expect(both(20)).rejects.toThrow('duplicate key');
  const stored = () => database.primary.query('SELECT n FROM notes WHERE n BETWEEN 20 AND 29 ORDER BY n');
  expect(await stored()).toEqual([]);
  await both(21);
  expect(await stored()).toEqual([{ n: 20 }, { n: 21 }]);
});

test('statements that are sent together run in the order of the calls', async () => {
  const database = await open();
  const [, counted] = await database.transaction((em) =>
    pipelined([
      em.query('INSERT INTO notes VALUES (30)'),
      em.query('SELECT count(*)::int AS notes FROM notes WHERE n = 30'),
      em.query('DELETE FROM notes WHERE n = 30'),
    ]),
  );
  expect(counted).toEqual([{ notes: 1 }]);
});

test('nothing is written when the transaction cannot be begun', async () => {
  const database = await open();
  const query = PreparingClient.prototype.query;
  // Postgres refuses a BEGIN and keeps the session when somebody cancels what it does just then.
  const failing = jest.spyOn(PreparingClient.prototype, 'query').mockImplementation(function (
    this: PreparingClient,
    text,
    ...rest
  ) {
    return query.call(this, text === 'BEGIN' ? 'BEGIN NOTHING' : text, ...rest);
  });
  const writing = database.transaction((em) =>
    pipelined([
      em.query('SELECT n FROM notes FOR UPDATE'),
      em.query('INSERT INTO notes VALUES (40)'),
      em.query('WITH more AS (INSERT INTO notes VALUES (41) RETURNING n) SELECT n FROM more'),
      em.query('SELECT 1'),
    ]),
  );
  await expect(writing).rejects.toThrow('syntax error');
  failing.mockRestore();
  await write(database, 42);
  expect(await database.primary.query('SELECT n FROM notes WHERE n >= 40')).toEqual([{ n: 42 }]);
});

test('of statements that are sent together, the first error is thrown', async () => {
  const database = await open();
  const failing = database.transaction((em) =>
    pipelined([
      em.query('SELECT 1'),
      em.query('SELECT 1 / 0').catch(async (cause: unknown) => {
        await Promise.resolve();
        throw new Error('translated', { cause });
      }),
      em.query('SELECT 2'),
    ]),
  );
  await expect(failing).rejects.toThrow('translated');
  await write(database, 31);
});

test('a transaction whose function swallows a failed statement throws', async () => {
  const database = await open();
  const passedOver = database.transaction(async (em) => {
    await em.query('INSERT INTO notes VALUES (2)');
    await em.query('SELECT 1 / 0').catch(() => undefined);
    return 'done';
  });
  await expect(passedOver).rejects.toThrow(TransactionAbortedError);
  expect(await database.primary.query('SELECT n FROM notes WHERE n = 2')).toEqual([]);
});

test('a savepoint lets a transaction continue after a failed statement', async () => {
  const database = await open();
  await database.transaction(async (em) => {
    await em.query('INSERT INTO notes VALUES (3)');
    await em.transaction((inner) => inner.query('SELECT 1 / 0')).catch(() => undefined);
  });
  expect(await database.primary.query('SELECT n FROM notes WHERE n = 3')).toHaveLength(1);
});

test('after a roll-back the connection is used again, clean', async () => {
  const database = await open({ poolSize: 1 });
  for (let i = 0; i < 5; i += 1) {
    await expect(database.transaction((em) => em.query('SELECT 1 / 0'))).rejects.toThrow('division by zero');
  }
  const pid = () => database.primary.query('SELECT pg_backend_pid() AS pid');
  expect(await pid()).toEqual(await pid());
  await write(database, 4);
});

test('idle connections that are cut are logged and replaced; the process lives on', async () => {
  const { promise: warned, resolve } = Promise.withResolvers<object>();
  const database = await open({ applicationName: 'idle', poolSize: 1, logger: { warn: resolve } });
  await database.ping();
  await cutConnections('idle');
  expect(await warned).toMatchObject({ code: '57P01' });
  await write(database, 5);
});

test('a connection lost between two statements of a transaction is unavailable', async () => {
  const database = await open({ applicationName: 'between', poolSize: 1 });
  const failing = database.transaction(async (em) => {
    await em.query('INSERT INTO notes VALUES (6)');
    await cutConnections('between');
    await em.query('SELECT 1');
  });
  const error = databaseErrorOf(await failing.catch((thrown: unknown) => thrown));
  // Either the error of Postgres or the closed socket is seen first.
  expect(['57P01', 'CONNECTION_LOST', 'ECONNRESET', 'EPIPE']).toContain(error?.code);
  await write(database, 6);
});

test('a connection lost during a statement is unavailable', async () => {
  const database = await open({ applicationName: 'during', poolSize: 1 });
  const failing = database
    .transaction((em) => em.query('SELECT pg_sleep(60)'))
    .catch((thrown: unknown) => thrown);
  const watcher = await open({ applicationName: 'watcher' });
  const cut = `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
    WHERE datname = current_database() AND application_name = 'during' AND query LIKE '%pg_sleep%' AND state = 'active'`;
  await until(async () => (await watcher.primary.query(cut)).length > 0, {
    timeoutMs: 30_000,
    what: 'the statement to be cut',
  });
  const error = databaseErrorOf(await failing);
  expect(['57P01', 'CONNECTION_LOST', 'ECONNRESET', 'EPIPE']).toContain(error?.code);
  await write(database, 7);
});

test('a connection whose answer does not come in time is not used again', async () => {
  const database = await open({ poolSize: 1, timeouts: { statementMs: 500 } });
  const before = await database.primary.query('SELECT pg_backend_pid() AS pid');
  const stuck = database.transaction(async (em) => {
    // The server's own limit is lifted, as if its cancellation never arrived.
    await em.query('SET LOCAL statement_timeout = 0');
    await em.query('SELECT pg_sleep(60)');
  });
  const error = await stuck.catch((thrown: unknown) => thrown);
  expect(databaseErrorOf(error)).toMatchObject({ kind: 'unavailable', code: 'READ_TIMEOUT' });
  expect(await database.primary.query('SELECT pg_backend_pid() AS pid')).not.toEqual(before);
});

test('outside of a transaction it is not used again either', async () => {
  const database = await open({ poolSize: 1, timeouts: { statementMs: 500 } });
  const before = await database.primary.query('SELECT pg_backend_pid() AS pid');
  await database.primary.query('SET statement_timeout = 0');
  const error = await database.primary.query('SELECT pg_sleep(60)').catch((thrown: unknown) => thrown);
  expect(databaseErrorOf(error)).toMatchObject({ kind: 'unavailable', code: 'READ_TIMEOUT' });
  expect(await database.primary.query('SELECT pg_backend_pid() AS pid')).not.toEqual(before);
});

test('a connection to a demoted primary, which refuses to write, is not used again', async () => {
  const database = await open({ poolSize: 1 });
  const demote = () => database.primary.query('SET SESSION CHARACTERISTICS AS TRANSACTION READ ONLY');
  const failing = async (work: Promise<unknown>) => sqlState(await work.catch((thrown: unknown) => thrown));
  await demote();
  expect(await failing(write(database, 8))).toBe('25006');
  await write(database, 8);
  await demote();
  expect(await failing(database.primary.query('DELETE FROM notes WHERE n = $1', [8]))).toBe('25006');
  await write(database, 9);
});

test('a slow statement is cancelled by the server', async () => {
  const database = await open({ timeouts: { statementMs: 500 } });
  const slow = database.transaction((em) => em.query('SELECT pg_sleep(60)'));
  expect(sqlState(await slow.catch((thrown: unknown) => thrown))).toBe('57014');
});

test('a pool without a free connection is unavailable after its time-out', async () => {
  // The time holds for connecting as well, which takes longer on a busy machine.
  const database = await until(() => open({ poolSize: 1, timeouts: { connectMs: 50 } }), { what: 'a pool' });
  await database.transaction(async () => {
    const error = await database.ping().catch((thrown: unknown) => thrown);
    expect(databaseErrorOf(error)).toMatchObject({ kind: 'unavailable', code: 'POOL_TIMEOUT' });
  });
});

test('a server that is not there is unavailable', async () => {
  const nobody = openDatabase({ url: 'postgres://a:b@127.0.0.1:1/c', poolSize: 1, applicationName: 'test' });
  expect(databaseErrorOf(await nobody.catch((thrown: unknown) => thrown))).toMatchObject({
    kind: 'unavailable',
    code: 'ECONNREFUSED',
  });
});

test('a statement with parameters is prepared once a connection, and still works after an error in it', async () => {
  const database = await open({ poolSize: 1 });
  const quotient = (n: number): Promise<{ q: number }[]> =>
    database.primary.query('SELECT 12 / $1::int AS q', [n]);
  expect(await quotient(4)).toEqual([{ q: 3 }]);
  await expect(quotient(0)).rejects.toThrow('division by zero');
  expect(await quotient(6)).toEqual([{ q: 2 }]);
  const prepared = await database.primary.query(
    `SELECT generic_plans::int AS plans FROM pg_prepared_statements WHERE statement LIKE 'SELECT 12 /%'`,
  );
  expect(prepared).toEqual([{ plans: 3 }]);
});

test('a prepared statement whose columns a migration changed fails once, not on every connection', async () => {
  const database = await open({ poolSize: 2 });
  await database.primary.query('CREATE TABLE widened (n smallint)');
  await database.primary.query('INSERT INTO widened VALUES (1)');
  const read = (source: Pick<Database['primary'], 'query'>): Promise<{ n: number }[]> =>
    source.query('SELECT n FROM widened WHERE n = $1', [1]);
  await Promise.all([0, 1].map(() => database.transaction(read)));
  await database.primary.query('ALTER TABLE widened ALTER n TYPE integer');
  const error = await database.transaction(read).catch((thrown: unknown) => thrown);
  expect(sqlState(error)).toBe('0A000');
  expect(await Promise.all([0, 1].map(() => database.transaction(read)))).toEqual([[{ n: 1 }], [{ n: 1 }]]);
});
