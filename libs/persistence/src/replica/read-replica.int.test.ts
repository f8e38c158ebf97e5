import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { type OwnStack, startOwnStack, until } from '@payments/local/testing';
import { createLogger, Metrics } from '@payments/runtime';
import { measured } from '@payments/runtime/testing';
import { type Database, openDatabase } from '../database.js';
import { sqlState } from '../database-error.js';
import { openReadReplica, type ReadReplica } from './read-replica.js';

/** So long that a busy machine does not miss three looks in a row. */
const INTERVAL_MS = 500;
const logger = createLogger({ service: 'test', level: 'silent' });

let stack: OwnStack;
let database: Database;
let admin: Database;
let replica: ReadReplica;
let metrics: Metrics;

beforeAll(async () => {
  stack = await startOwnStack({ parts: ['replica'] });
  database = await openDatabase({ url: stack.databaseUrl, poolSize: 2, applicationName: 'test' });
  admin = await openDatabase({ url: stack.replica.url, poolSize: 1, applicationName: 'admin' });
}, 60_000);
afterAll(async () => {
  await admin.close();
  await database.close();
  await stack.stop();
});
beforeEach(() => {
  metrics = new Metrics({ defaultMetrics: false });
  replica = open({ url: stack.replica.url });
});
afterEach(() => replica.close());

function open({ url }: { url: string | undefined }): ReadReplica {
  return openReadReplica({
    url,
    logger,
    metrics,
    primary: database.primary,
    primaryUrl: stack.databaseUrl,
    poolSize: 2,
    applicationName: 'test',
    lagMsMax: 1_000,
    intervalMs: INTERVAL_MS,
  });
}

const readsFrom = (): Promise<string> =>
  replica.read(async (source) => {
    const [row] = await source.query('SELECT pg_is_in_recovery() AS standby');
    return row.standby ? 'replica' : 'primary';
  });

async function untilReadsFrom(which: string): Promise<void> {
  await until(async () => (await readsFrom()) === which, { what: `reads from the ${which}` });
}

test('reads go to the replica, in sessions that only read; the metrics say so', async () => {
  await untilReadsFrom('replica');
  const [session] = await replica.read((source) => source.query('SHOW default_transaction_read_only'));
  expect(session).toEqual({ default_transaction_read_only: 'on' });
  expect(await measured(metrics, 'database_replica_usable')).toBe(1);
  expect(await measured(metrics, 'database_replica_lag_seconds')).toBeLessThan(1);
});

test('while the replica is down the primary answers every read; none fails', async () => {
  await untilReadsFrom('replica');
  await stack.replica.kill();
  // A session of a killed server may answer once more before it ends.
  await until(async () => (await readsFrom()) === 'primary', { what: 'a read from the primary' });
  for (let reads = 0; reads < 20; reads += 1) expect(await readsFrom()).toBe('primary');
  await until(async () => (await measured(metrics, 'database_replica_usable')) === 0, { what: 'the metric' });
  expect(await measured(metrics, 'database_replica_fallbacks_total')).toBeGreaterThanOrEqual(20);
  await stack.replica.start();
  await untilReadsFrom('replica');
}, 60_000);

test('a replica that was down at the start is used once it is up', async () => {
  await stack.replica.stop();
  await replica.close();
  replica = open({ url: stack.replica.url });
  expect(await readsFrom()).toBe('primary');
  await stack.replica.start();
  await untilReadsFrom('replica');
}, 60_000);

test('a replica that lags more than allowed is not used until it has caught up', async () => {
  await untilReadsFrom('replica');
  await until(() => admin.ping().then(() => true), { what: 'the replica to answer' });
  await admin.primary.query('SELECT pg_wal_replay_pause()');
  await database.primary.query('CREATE TABLE late AS SELECT 1 AS n');
  const isBehind = async () => (await measured(metrics, 'database_replica_lag_seconds')) > 1;
  await until(isBehind, { what: 'the replica to be seen behind' });
  await untilReadsFrom('primary');
  expect(await replica.read((source) => source.query('SELECT n FROM late'))).toEqual([{ n: 1 }]);
  await admin.primary.query('SELECT pg_wal_replay_resume()');
  await untilReadsFrom('replica');
  expect(await replica.read((source) => source.query('SELECT n FROM late'))).toEqual([{ n: 1 }]);
});

test('the primary answers a read that fails on the replica, such as of a table not yet replayed', async () => {
  await untilReadsFrom('replica');
  await admin.primary.query('SELECT pg_wal_replay_pause()');
  await database.primary.query('CREATE TABLE later AS SELECT 2 AS n');
  expect(await replica.read((source) => source.query('SELECT n FROM later'))).toEqual([{ n: 2 }]);
  await admin.primary.query('SELECT pg_wal_replay_resume()');
});

test('a read that fails on both fails; a slow statement is not tried twice', async () => {
  await untilReadsFrom('replica');
  const failed = replica.read((source) => source.query('SELECT 1 / 0')).catch((error: unknown) => error);
  expect(sqlState(await failed)).toBe('22012');
  const before = await measured(metrics, 'database_replica_fallbacks_total');
  const slow = replica.read((source) =>
    source.transaction(async (em) => {
      await em.query("SET LOCAL statement_timeout = '20ms'");
      await em.query('SELECT pg_sleep(60)');
    }),
  );
  expect(sqlState(await slow.catch((error: unknown) => error))).toBe('57014');
  expect(await measured(metrics, 'database_replica_fallbacks_total')).toBe(before);
});

test.each([
  ['none', () => undefined],
  ['an empty one', () => ''],
  ['that of the primary', () => stack.databaseUrl],
])('with %s for a url the primary is read from', async (_what, url) => {
  await replica.close();
  replica = open({ url: url() });
  expect(await readsFrom()).toBe('primary');
});
