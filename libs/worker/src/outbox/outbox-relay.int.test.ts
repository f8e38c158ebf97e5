import { randomUUID } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { until } from '@payments/local/testing';
import { appendOutbox, outboxShardOf } from '@payments/persistence';
import { GatedProducer, OutboxHarness, upTo } from '../testing/outbox-harness.js';

let harness: OutboxHarness;
beforeEach(async () => {
  harness = await OutboxHarness.create();
}, 60_000);
afterEach(() => harness.close(), 60_000);

const LONG = 120_000;
const intents = (count: number): string[] => Array.from({ length: count }, () => randomUUID());

async function metric(name: string, labels: Readonly<Record<string, string>> = {}): Promise<number> {
  const found = await harness.parts.metrics.registry.getSingleMetric(name)?.get();
  return (found?.values ?? [])
    .filter(({ labels: has }) => Object.entries(labels).every(([label, value]) => has[label] === value))
    .reduce((sum, { value }) => sum + value, 0);
}

describe('order', () => {
  test(
    'versions of every intent come in order, without gaps and once, whatever order their writers commit in',
    async () => {
      const relay = await harness.startRelay();
      const hot = intents(8);
      const writer = async (seed: number): Promise<void> => {
        for (let at = 0; at < 25; at += 1) {
          // Two intents a transaction, locked in one order; each stays open for a while after taking its ids.
          const pair = [hot[(seed + at) % 8], hot[(seed * 3 + at * 5 + 1) % 8]] as [string, string];
          const shards = await harness.database.transaction(async (em) => {
            const written = new Set<number>();
            for (const intent of [...new Set(pair)].sort()) {
              for (const shard of await harness.write(em, intent, { count: 1 + (at % 3) }))
                written.add(shard);
            }
            await em.query('SELECT pg_sleep($1::float8 / 1000)', [(seed * 7 + at) % 5]);
            return written;
          });
          relay.wake(shards);
        }
      };
      await Promise.all([0, 1, 2, 3].map(writer));
      await harness.drained();
      for (const intent of hot) {
        const versions = harness.versions(intent);
        expect(versions).toEqual(upTo(versions.length));
      }
      const total = await harness.database.primary.query('SELECT sum(version)::int AS n FROM versions');
      expect(harness.received).toHaveLength(total[0].n);
    },
    LONG,
  );

  test('a row is sent that committed after rows with higher ids were', async () => {
    const [early, late] = intents(2) as [string, string];
    const relay = await harness.startRelay();
    const opened = Promise.withResolvers<void>();
    const commitNow = Promise.withResolvers<void>();
    const slow = harness.database.transaction(async (em) => {
      await harness.write(em, early);
      opened.resolve();
      await commitNow.promise;
    });
    await opened.promise;
    relay.wake(await harness.commit(late));
    await until(() => harness.versions(late).length === 1, { what: 'the later row' });
    commitNow.resolve();
    await slow;
    await harness.drained();
    expect(harness.versions(early)).toEqual([1]);
  });

  test('while a version is not stored, none above it is sent', async () => {
    const [slow, other] = intents(2) as [string, string];
    const first = Promise.withResolvers<never>();
    let sent = 0;
    const failing = {
      stalledMs: 0,
      send: async (record: Parameters<typeof harness.parts.producer.send>[0]) => {
        if (String(record.key) !== slow) return harness.parts.producer.send(record);
        sent += 1;
        return sent === 1 ? first.promise : harness.parts.producer.send(record);
      },
    };
    await harness.commit(slow, 5);
    await harness.commit(other, 5);
    await harness.startRelay({}, { producer: failing });
    await until(() => harness.versions(other).length === 5, { what: 'the other intent' });
    expect(sent).toBe(1);
    first.reject(new Error('the broker did not say whether it has it'));
    await harness.drained();
    expect(harness.versions(slow)).toEqual(upTo(5));
  });
});

describe('waking', () => {
  test('what has to happen before an event is told has happened when it is read, and is tried until it does', async () => {
    const intent = randomUUID();
    await harness.commit(intent, 3);
    const told: number[] = [];
    await harness.startRelay(
      {},
      {
        beforeSend: async (rows) => {
          expect(harness.received).toEqual([]);
          told.push(...rows.map(({ version }) => Number(version)));
          if (told.length < 4) throw new Error('not yet');
        },
      },
    );
    await harness.drained();
    expect(told).toEqual([1, 2, 3, 1, 2, 3]);
    expect(harness.versions(intent)).toEqual(upTo(3));
  });

  test('rows that nobody told of are found', async () => {
    await harness.startRelay();
    const intent = randomUUID();
    await harness.commit(intent, 3);
    await harness.drained();
    expect(harness.versions(intent)).toEqual(upTo(3));
  });

  test('a wake-up reaches the process that has the shard', async () => {
    const never = { sweepMs: 600_000 };
    const [one, two] = [await harness.startRelay(never), await harness.startRelay(never)];
    await until(() => one.shards.length === 4 && two.shards.length === 4, { what: 'an even share' });
    const intent = await until(() => intents(1).find((id) => two.shards.includes(outboxShardOf(id))));
    // A relay that just took a shard looks into it by itself: what counts is what comes later.
    await until(
      async () => {
        const before = harness.versions(intent).length;
        one.wake(await harness.commit(intent));
        await until(() => harness.versions(intent).length > before, { timeoutMs: 10_000 });
        return true;
      },
      { what: 'the row to be sent by the other relay' },
    );
    expect(await metric('outbox_published_total')).toBeGreaterThan(0);
  });
});

test('connections to Postgres that are cut are replaced, the listening one too', async () => {
  const [one, two] = [await harness.startRelay(), await harness.startRelay()];
  await until(() => one.shards.length === 4 && two.shards.length === 4, { what: 'an even share' });
  const ids = intents(20);
  for (const id of ids) one.wake(await harness.commit(id));
  const listening = `SELECT count(*)::int AS n FROM pg_stat_activity
    WHERE datname = current_database() AND query LIKE 'LISTEN%'`;
  await harness.database.primary
    .query(`SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database()`)
    .catch(() => undefined);
  await until(async () => (await harness.database.primary.query(listening))[0].n === 2, {
    what: 'both to listen again',
  });
  for (const id of ids) one.wake(await harness.commit(id));
  await harness.drained();
  for (const id of ids) expect(harness.firsts(id)).toEqual([1, 2]);
});

describe('leases', () => {
  test('relays share the shards evenly, and one that closes leaves its own at once', async () => {
    const slowLeases = { leaseMs: 600_000 };
    const relays = [await harness.startRelay(slowLeases), await harness.startRelay(slowLeases)] as const;
    expect(relays[1].shards).toEqual([]);
    await until(() => relays.every(({ shards }) => shards.length === 4), { what: 'an even share' });
    expect([...relays[0].shards, ...relays[1].shards].sort()).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
    const third = await harness.startRelay(slowLeases);
    await until(() => third.shards.length === 2, { what: 'a share for the third' });
    await relays[0].close();
    await until(() => third.shards.length === 4 && relays[1].shards.length === 4, { what: 'shares of two' });
  });

  test('an old holder that wakes up late repeats, and neither deletes nor overtakes', async () => {
    const [intent] = intents(1) as [string];
    await harness.commit(intent, 2);
    const [gate, successorsGate] = [
      new GatedProducer(harness.parts.producer),
      new GatedProducer(harness.parts.producer),
    ];
    // Its leases run out while it stands still: the next renewal is far away.
    const old = await harness.startRelay({ renewMs: 600_000 }, { producer: gate });
    await until(() => gate.waiting > 0, { what: 'the old relay to be sending' });
    await harness.startRelay({}, { producer: successorsGate });
    await until(() => successorsGate.waiting > 0, { what: 'its successor to be sending the same' });
    gate.open();
    // It notices that its delete did nothing, and looks after its leases.
    await until(async () => (await metric('outbox_lease_changes_total', { change: 'lost' })) === 8, {
      what: 'the old relay to notice',
    });
    expect(old.shards).toEqual([]);
    expect(await harness.pending()).toBe(2);
    successorsGate.open();
    await harness.drained();
    await until(() => harness.versions(intent).length === 4, { what: 'the repetition' });
    expect(harness.firsts(intent)).toEqual([1, 2]);
  });
});

describe('a row that cannot be sent', () => {
  const parked = (): Promise<{ version: string; code: string; error: string }[]> =>
    harness.database.primary.query('SELECT version, code, error FROM outbox_parked ORDER BY id');

  test('is put aside with its followers, others go on, and the next relay sends all in order', async () => {
    const [bad, good] = intents(2) as [string, string];
    await harness.commit(bad, 1);
    await harness.commit(bad, 1, { amount: 'a lot' });
    await harness.commit(bad, 2);
    await harness.commit(good, 3);
    const first = await harness.startRelay();
    await until(async () => (await parked()).length === 3, { what: 'the rows to be put aside' });
    await until(() => harness.versions(good).length === 3, { what: 'the other intent' });
    await harness.commit(bad, 1);
    await until(async () => (await parked()).length === 4, { what: 'the follower to be put aside' });
    expect(await parked()).toEqual([
      { version: '2', code: 'UNENCODABLE', error: 'amount is no integer' },
      { version: '3', code: 'BEHIND_PARKED', error: 'behind version 2' },
      { version: '4', code: 'BEHIND_PARKED', error: 'behind version 2' },
      { version: '5', code: 'BEHIND_PARKED', error: 'an older row of its intent is put aside' },
    ]);
    expect(harness.versions(bad)).toEqual([1]);
    expect(await metric('outbox_parked_total')).toBe(4);
    await first.close();

    // As a release that understands the payload would: here the payload is mended instead.
    await harness.database.primary.query(
      `UPDATE outbox_parked SET payload = jsonb_set(payload, '{amount}', '"1999"') WHERE version = 2`,
    );
    await harness.commit(bad, 1);
    await harness.startRelay();
    await harness.drained();
    expect(harness.versions(bad)).toEqual(upTo(6));
    expect(await parked()).toEqual([]);
  });

  test('too large for the topic is put aside as well', async () => {
    const [bad, good] = intents(2) as [string, string];
    await harness.commit(bad, 1, { nextAction: 'x'.repeat(2_000_000) });
    await harness.commit(good, 1);
    await harness.startRelay();
    await until(async () => (await parked()).length === 1, { what: 'the row to be put aside' });
    await until(() => harness.versions(good).length === 1, { what: 'the other intent' });
    expect(await parked()).toMatchObject([{ code: 'RECORD_TOO_LARGE' }]);
  });

  test('because its topic is not known here waits for a relay that knows it', async () => {
    const [known, unknown] = intents(2) as [string, string];
    await harness.commit(known);
    const row = {
      paymentIntentId: unknown,
      intentId: unknown,
      version: 1,
      topic: 'of.tomorrow',
      payload: {},
    };
    await harness.database.transaction((em) => appendOutbox(em, [row]));
    await harness.startRelay();
    await until(() => harness.versions(known).length === 1, { what: 'the known row' });
    await until(async () => (await harness.pending()) === 1, { what: 'only the unknown row to be left' });
    expect(await parked()).toEqual([]);
  });
});

test(
  '10,000 rows that lie there',
  async () => {
    const ids = intents(2_500);
    for (let at = 0; at < ids.length; at += 250) {
      await harness.database.transaction(async (em) => {
        for (const id of ids.slice(at, at + 250)) await harness.write(em, id, { count: 4 });
      });
    }
    expect(await harness.pending()).toBe(10_000);
    const startedAt = performance.now();
    await harness.startRelay();
    await until(async () => (await harness.pending()) === 0, { everyMs: 5, timeoutMs: 60_000 });
    const seconds = (performance.now() - startedAt) / 1000;
    process.stderr.write(`outbox: 10,000 rows of 2,500 intents in ${seconds.toFixed(2)} s\n`);
    await harness.drained();
    for (const id of ids) expect(harness.versions(id)).toEqual(upTo(4));
    expect(await metric('outbox_published_total')).toBe(10_000);
  },
  LONG,
);

test(
  '1,000 rows of one intent',
  async () => {
    const hot = randomUUID();
    await harness.commit(hot, 1_000);
    const startedAt = performance.now();
    await harness.startRelay();
    await until(async () => (await harness.pending()) === 0, { everyMs: 5, timeoutMs: 60_000 });
    const seconds = (performance.now() - startedAt) / 1000;
    process.stderr.write(`outbox: 1,000 rows of one intent in ${seconds.toFixed(2)} s\n`);
    await harness.drained();
    expect(harness.versions(hot)).toEqual(upTo(1_000));
  },
  LONG,
);

test(
  'one row at a time, while nothing else happens',
  async () => {
    const relay = await harness.startRelay();
    const [warmUp, ...ids] = intents(101) as [string, ...string[]];
    relay.wake(await harness.commit(warmUp));
    await until(() => harness.versions(warmUp).length === 1);
    const lags: number[] = [];
    for (const id of ids) {
      const shards = await harness.commit(id);
      const startedAt = performance.now();
      relay.wake(shards);
      await until(async () => (await harness.pending()) === 0, { everyMs: 1 });
      lags.push(performance.now() - startedAt);
    }
    lags.sort((a, b) => a - b);
    process.stderr.write(
      `outbox: committed → deleted, alone: p50 ${lags[50]?.toFixed(1)} ms, p99 ${lags[98]?.toFixed(1)} ms\n`,
    );
    await harness.drained();
    for (const id of ids) expect(harness.versions(id)).toEqual([1]);
  },
  LONG,
);
