import { randomUUID } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { until } from '@payments/local/testing';
import { outboxShardOf } from '@payments/persistence';
import { newIntents, OutboxHarness, upTo } from '../testing/outbox-harness.js';

let harness: OutboxHarness;
beforeEach(async () => {
  harness = await OutboxHarness.create();
}, 60_000);
afterEach(() => harness.close(), 60_000);

const LONG = 120_000;

describe('order', () => {
  test(
    'versions of every intent are published in order, without gaps and once, in whatever order writers commit',
    async () => {
      const relay = await harness.startRelay();
      const hot = newIntents(8);
      const writer = async (seed: number): Promise<void> => {
        for (let at = 0; at < 25; at += 1) {
          // Two intents per transaction, locked in a fixed order; each stays open for a while after it took its ids.
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

  test('many versions of one intent follow one another without waiting for the timer', async () => {
    const [intent] = newIntents(1) as [string];
    const relay = await harness.startRelay({ sweepMs: 3_600_000 });
    relay.wake(await harness.commit(intent, 40));
    await harness.drained();
    expect(harness.versions(intent)).toEqual(upTo(40));
  });

  test('a row that committed after rows with higher ids were published is published', async () => {
    const [early, late] = newIntents(2) as [string, string];
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

  test('while a version is not stored, no later one is published', async () => {
    const [slow, other] = newIntents(2) as [string, string];
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
  test('beforeSend is retried until it succeeds, and has succeeded before an event is read', async () => {
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

  test('rows without a wake-up are found', async () => {
    await harness.startRelay();
    const intent = randomUUID();
    await harness.commit(intent, 3);
    await harness.drained();
    expect(harness.versions(intent)).toEqual(upTo(3));
  });

  test('a wake-up reaches the relay that holds the shard', async () => {
    const never = { sweepMs: 600_000 };
    const [one, two] = [await harness.startRelay(never), await harness.startRelay(never)];
    await until(() => one.shards.length === 4 && two.shards.length === 4, { what: 'an even share' });
    const intent = await until(() => newIntents(1).find((id) => two.shards.includes(outboxShardOf(id))));
    // A relay polls a shard that it just acquired: only later wake-ups count.
    await until(
      async () => {
        const before = harness.versions(intent).length;
        one.wake(await harness.commit(intent));
        await until(() => harness.versions(intent).length > before, { timeoutMs: 10_000 });
        return true;
      },
      { what: 'the row to be sent by the other relay' },
    );
    expect(await harness.metric('outbox_published_total')).toBeGreaterThan(0);
  });
});

test('connections to Postgres that are cut are replaced, the listening one too', async () => {
  const [one, two] = [await harness.startRelay(), await harness.startRelay()];
  await until(() => one.shards.length === 4 && two.shards.length === 4, { what: 'an even share' });
  const ids = newIntents(20);
  for (const id of ids) one.wake(await harness.commit(id));
  const { primary } = harness.database;
  const cut: { pid: number }[] = await primary.query(
    `SELECT pid, pg_terminate_backend(pid) FROM pg_stat_activity
     WHERE datname = current_database() AND pid <> pg_backend_pid()`,
  );
  // A backend ends a moment after it was told to: until then it still listens, and the pool may hand it out.
  const areReplaced = async (): Promise<boolean> => {
    const [{ alive, listening }] = await primary.query(
      `SELECT count(*) FILTER (WHERE pid = ANY ($1::int[]))::int AS alive,
         count(*) FILTER (WHERE query LIKE 'LISTEN%')::int AS listening
       FROM pg_stat_activity WHERE datname = current_database()`,
      [cut.map(({ pid }) => pid)],
    );
    return alive === 0 && listening === 2;
  };
  await until(areReplaced, { what: 'both to listen again' });
  for (const id of ids) one.wake(await harness.commit(id));
  await harness.drained();
  for (const id of ids) expect(harness.firsts(id)).toEqual([1, 2]);
});
