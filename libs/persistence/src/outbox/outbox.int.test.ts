import { randomUUID } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { createTestDatabase, until } from '@payments/local/testing';
import { type Database, openDatabase } from '../database.js';
import { appendOutbox, OUTBOX_SHARDS, type OutboxRow, outboxShardOf } from './append-outbox.js';
import {
  makeOutboxLeases,
  type OutboxLease,
  releaseOutboxLeases,
  removeOutboxRelay,
  renewOutboxLeases,
} from './outbox-leases.js';
import { deletePublished, parkOutbox, type ReadLimits, readOutbox, unparkOutbox } from './outbox-rows.js';
import { listenToOutbox, type OutboxListener, type OutboxSignal, signalOutbox } from './outbox-signals.js';
import { readOutboxState } from './outbox-state.js';

let database: Database;
let drop: () => Promise<void>;

beforeEach(async () => {
  const made = await createTestDatabase();
  drop = made.drop;
  database = await openDatabase({ url: made.url, poolSize: 4, applicationName: 'outbox-test' });
  await makeOutboxLeases(database);
});
afterEach(async () => {
  await database.close();
  await drop();
});

const LIMITS = { topics: ['t'], rowsPerShardMax: 100, bytesPerShardMax: 1_000_000 };

function rowOf(paymentIntentId: string, version: number | bigint, over: Partial<OutboxRow> = {}): OutboxRow {
  return {
    paymentIntentId,
    intentId: `public-${paymentIntentId}`,
    version,
    topic: 't',
    payload: {},
    ...over,
  };
}

const append = (...rows: OutboxRow[]): Promise<ReadonlySet<number>> =>
  database.transaction((em) => appendOutbox(em, rows));

async function takeAll(holder = 'relay', leaseMs = 60_000): Promise<readonly OutboxLease[]> {
  return (await renewOutboxLeases(database, { holder, held: [], leaseMs })).taken;
}

/** Another relay takes the shards, as after their leases expired. */
async function steal(held: readonly OutboxLease[]): Promise<readonly OutboxLease[]> {
  await removeOutboxRelay(database, 'relay');
  await releaseOutboxLeases(database, held);
  return takeAll('thief');
}

async function versionsRead(held: readonly OutboxLease[], limits = LIMITS): Promise<string[]> {
  return (await readOutbox(database, held, limits)).map(({ version }) => String(version));
}

describe('appending', () => {
  test('rows of an intent are read by version, with money exact, whatever order they were given in', async () => {
    const intent = randomUUID();
    const payload = { amount: 2n ** 62n + 1n, nested: { n: 1n } };
    const rows = [rowOf(intent, 10n), rowOf(intent, 9, { payload, headers: { traceparent: 'x' } })];
    expect(await append(...rows)).toEqual(new Set([outboxShardOf(intent)]));
    const [first, second] = await readOutbox(database, await takeAll(), LIMITS);
    expect(first).toMatchObject({
      paymentIntentId: intent,
      version: 9n,
      topic: 't',
      key: `public-${intent}`,
      behindParked: false,
      payload: { amount: String(2n ** 62n + 1n), nested: { n: '1' } },
      headers: { traceparent: 'x' },
    });
    expect(second).toMatchObject({ version: 10n, headers: {} });
  });

  test('nothing is left by a transaction that is rolled back, or by no rows', async () => {
    const failing = database.transaction(async (em) => {
      await appendOutbox(em, [rowOf(randomUUID(), 1)]);
      throw new Error('later');
    });
    await expect(failing).rejects.toThrow('later');
    expect(await append()).toEqual(new Set());
    expect(await readOutboxState(database)).toMatchObject({ pending: 0, oldestMs: 0 });
  });

  test('the shard of an intent never changes', () => {
    // Rows lie in the shards that earlier releases put them into: these numbers may not change.
    expect(outboxShardOf('0190a3c0-0000-7000-8000-000000000001')).toBe(1);
    expect(outboxShardOf('0190A3C0-0000-7000-8000-000000000001')).toBe(1);
    expect(OUTBOX_SHARDS).toBe(8);
    const spread = Array.from({ length: 4_000 }, () => outboxShardOf(randomUUID()));
    for (let shard = 0; shard < OUTBOX_SHARDS; shard += 1) {
      expect(spread.filter((one) => one === shard).length).toBeGreaterThan(300);
    }
  });
});

describe('reading', () => {
  test('is bounded by rows and by bytes, and a single large row is read all the same', async () => {
    const intent = randomUUID();
    const payload = { random: Array.from({ length: 500 }, () => randomUUID()) };
    await append(...[1, 2, 3].map((version) => rowOf(intent, version, { payload })));
    const held = await takeAll();
    expect(await versionsRead(held, { ...LIMITS, rowsPerShardMax: 2 })).toEqual(['1', '2']);
    expect(await versionsRead(held, { ...LIMITS, bytesPerShardMax: 10 })).toEqual(['1']);
    expect(await versionsRead(held)).toEqual(['1', '2', '3']);
    const moreBehind = async (limits: Partial<ReadLimits>) =>
      (await readOutbox(database, held, { ...LIMITS, ...limits })).some((row) => row.moreBehind);
    expect(await moreBehind({ rowsPerShardMax: 2 })).toBe(true);
    expect(await moreBehind({ bytesPerShardMax: 10 })).toBe(true);
    expect(await moreBehind({})).toBe(false);
  });

  test('leaves rows of other topics where they are', async () => {
    await append(rowOf(randomUUID(), 1, { topic: 'other' }), rowOf(randomUUID(), 2));
    expect(await versionsRead(await takeAll())).toEqual(['2']);
  });
});

describe('a relay whose shards were taken', () => {
  test('no longer reads, deletes or parks anything', async () => {
    await append(rowOf(randomUUID(), 1), rowOf(randomUUID(), 2));
    const held = await takeAll();
    const rows = await readOutbox(database, held, LIMITS);
    const thief = await steal(held);
    expect(await readOutbox(database, held, LIMITS)).toEqual([]);
    expect(await deletePublished(database, held, rows)).toBe(0);
    const bad = rows.map((row) => ({ row, code: 'C', error: 'e' }));
    expect(await parkOutbox(database, held, bad)).toBe(0);
    expect(await unparkOutbox(database, held)).toBe(0);
    await releaseOutboxLeases(database, held);
    const again = await renewOutboxLeases(database, { holder: 'relay', held, leaseMs: 60_000 });
    expect(again).toMatchObject({ kept: [], taken: [], share: 4 });
    expect(await deletePublished(database, thief, rows)).toBe(2);
  });

  test('keeps them while its delete is running', async () => {
    await append(rowOf(randomUUID(), 1));
    const held = await takeAll('relay', 0);
    const rows = await readOutbox(database, held, LIMITS);
    const deleted = Promise.withResolvers<void>();
    const commitNow = Promise.withResolvers<void>();
    // As if the commit of the delete were slow.
    const slow = database.transaction(async (em) => {
      expect(await deletePublished({ ...database, primary: em } as unknown as Database, held, rows)).toBe(1);
      deleted.resolve();
      await commitNow.promise;
    });
    await deleted.promise;
    // Although they expired: locked rows are skipped until the next round.
    expect(await takeAll('thief')).toEqual([]);
    commitNow.resolve();
    await slow;
    expect(await takeAll('thief')).toHaveLength(8);
  });
});

describe('leases', () => {
  test('are shared evenly by the live relays', async () => {
    const round = (holder: string, held: readonly OutboxLease[]) =>
      renewOutboxLeases(database, { holder, held, leaseMs: 60_000 });
    const one = await round('one', []);
    expect(one).toMatchObject({ kept: [], share: 8 });
    expect(one.taken).toHaveLength(8);
    const two = await round('two', []);
    expect(two).toMatchObject({ kept: [], taken: [], share: 4 });
    const again = await round('one', one.taken);
    expect(again).toMatchObject({ taken: [], share: 4 });
    expect(again.kept).toHaveLength(8);
    await releaseOutboxLeases(database, one.taken.slice(4));
    expect((await round('two', [])).taken).toHaveLength(4);
  });

  test('that expired are taken with a higher fence; one that nobody took is renewed', async () => {
    const held = await takeAll('one', 0);
    const renewed = await renewOutboxLeases(database, { holder: 'one', held, leaseMs: 0 });
    expect(renewed.kept).toHaveLength(8);
    const taken = await takeAll('two', 0);
    expect(taken.map(({ fence }) => fence)).toEqual(held.map(({ fence }) => fence + 1n));
    const late = await renewOutboxLeases(database, { holder: 'one', held, leaseMs: 0 });
    expect(late.kept).toEqual([]);
  });

  test('rounds and deletes of several relays at once do not deadlock', async () => {
    const relay = async (holder: string): Promise<void> => {
      let held: readonly OutboxLease[] = [];
      for (let at = 0; at < 25; at += 1) {
        const { kept, taken } = await renewOutboxLeases(database, { holder, held, leaseMs: 0 });
        held = [...kept, ...taken];
        await Promise.all([
          renewOutboxLeases(database, { holder, held, leaseMs: 0 }),
          deletePublished(database, [...held].reverse(), [{ shard: 0, id: 1n }]),
        ]);
      }
    };
    await Promise.all(['one', 'two', 'three'].map(relay));
  });

  test('of a dead relay expire although the clock was set back', async () => {
    await takeAll('gone');
    for (const table of ['outbox_leases', 'outbox_relays']) {
      await database.primary.query(`UPDATE ${table} SET expires_at = expires_at + interval '1 h'`);
    }
    const round = await renewOutboxLeases(database, { holder: 'next', held: [], leaseMs: 6_000 });
    expect(round.share).toBe(OUTBOX_SHARDS);
    expect(round.taken).toHaveLength(OUTBOX_SHARDS);
  });
});

describe('parked rows', () => {
  test('hold back newer rows of their intent and topic only, and come back in front', async () => {
    const [bad, good] = [randomUUID(), randomUUID()];
    await append(rowOf(bad, 1), rowOf(good, 1));
    const held = await takeAll();
    const [row] = (await readOutbox(database, held, LIMITS)).filter((one) => one.paymentIntentId === bad);
    if (row === undefined) throw new Error('the row was not read');
    expect(await parkOutbox(database, held, [{ row, code: 'C', error: 'e' }])).toBe(1);
    await append(rowOf(bad, 2), rowOf(bad, 3, { topic: 'u' }));
    const both = { ...LIMITS, topics: ['t', 'u'] };
    const behind = (await readOutbox(database, held, both)).map((one) => [one.version, one.behindParked]);
    expect(behind.sort()).toEqual([
      [1n, false],
      [2n, true],
      [3n, false],
    ]);
    expect(await readOutboxState(database)).toMatchObject({ pending: 3, parked: 1 });
    expect(await unparkOutbox(database, held)).toBe(1);
    const ofBad = (await readOutbox(database, held, LIMITS)).filter((one) => one.paymentIntentId === bad);
    expect(ofBad.map(({ version, behindParked }) => [version, behindParked])).toEqual([
      [1n, false],
      [2n, false],
    ]);
  });
});

test('the age is that of the oldest row of any shard', async () => {
  await append(rowOf(randomUUID(), 1), rowOf(randomUUID(), 1));
  await database.primary.query(
    `UPDATE outbox SET created_at = now() - interval '90 s' WHERE id = (SELECT min(id) FROM outbox)`,
  );
  const { oldestMs, pending } = await readOutboxState(database);
  expect(pending).toBe(2);
  expect(oldestMs).toBeGreaterThanOrEqual(90_000);
});

test('signals reach the others and not their sender, until the end, over the loss of the connection', async () => {
  const [heard, lost]: [OutboxSignal[], unknown[]] = [[], []];
  let listenings = 0;
  const listener: OutboxListener = {
    onListening: () => {
      listenings += 1;
    },
    onSignal: (signal) => heard.push(signal),
    onLost: (error) => lost.push(error),
  };
  const end = new AbortController();
  const ended = listenToOutbox(database, 'me', listener, end.signal);
  await until(() => listenings === 1, { what: 'the listener to listen' });
  await signalOutbox(database, { about: 'rows', shards: [1] }, 'me');
  await signalOutbox(database, { about: 'rows', shards: [0, 7] }, 'you');
  await until(() => heard.length === 1, { what: 'the signal of another' });

  await database.primary.query(
    `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
     WHERE datname = current_database() AND query LIKE 'LISTEN%'`,
  );
  await until(() => listenings === 2, { what: 'the listener to listen again' });
  expect(lost).toHaveLength(1);
  await signalOutbox(database, { about: 'leases' }, 'you');
  await until(() => heard.length === 2, { what: 'the next signal' });
  expect(heard).toEqual([{ about: 'rows', shards: [0, 7] }, { about: 'leases' }]);
  end.abort();
  await ended;
});
