import type { ChildProcess } from 'node:child_process';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { until } from '@payments/local/testing';
import { kill, newIntents, OutboxHarness, upTo } from '../testing/outbox-harness.js';

let harness: OutboxHarness;
beforeEach(async () => {
  harness = await OutboxHarness.create();
}, 60_000);
afterEach(() => harness.close(), 60_000);

const LONG = 120_000;

async function shardsHeld(): Promise<Record<string, number>> {
  const rows: { holder: string; n: number }[] = await harness.database.primary.query(
    'SELECT holder, count(*)::int AS n FROM outbox_leases WHERE expires_at > now() GROUP BY holder',
  );
  return Object.fromEntries(rows.map(({ holder, n }) => [holder, n]));
}

test(
  'killed between the acknowledgement and the delete: the next relay repeats records, loses none and continues',
  async () => {
    const ids = newIntents(20);
    for (const id of ids) await harness.commit(id, 3);
    const doomed = await harness.spawnRelay('stopped', 'DELETE FROM outbox USING');
    expect(await harness.pending()).toBe(60);
    await kill(doomed);
    for (const id of ids) await harness.commit(id, 1);
    await harness.startRelay();
    await harness.drained();
    for (const id of ids) {
      expect(harness.firsts(id)).toEqual(upTo(4));
      expect(harness.versions(id)).toEqual([1, 2, 3, 1, 2, 3, 4]);
    }
  },
  LONG,
);

test(
  'if one of two relays is killed, the other takes over all shards',
  async () => {
    const relay = await harness.startRelay();
    const doomed = await harness.spawnRelay('started');
    await until(async () => Object.values(await shardsHeld()).toString() === '4,4', {
      what: 'an even share',
    });
    const ids = newIntents(40);
    for (const id of ids) relay.wake(await harness.commit(id, 2));
    await harness.drained();
    await kill(doomed);
    for (const id of ids) relay.wake(await harness.commit(id, 2));
    await harness.drained();
    expect(relay.shards).toHaveLength(8);
    for (const id of ids) expect(harness.firsts(id)).toEqual(upTo(4));
  },
  LONG,
);

test(
  'killed repeatedly while payments change: every version is published, the first time in order',
  async () => {
    const ids = newIntents(30);
    let writing = true;
    const write = async (seed: number): Promise<void> => {
      for (let at = seed; writing; at += 1)
        await harness.commit(ids[at % ids.length] as string, 1 + (at % 2));
    };
    const writers = Promise.all([0, 11].map(write));
    const relays: ChildProcess[] = [await harness.spawnRelay('started')];
    for (let kills = 0; kills < 4; kills += 1) {
      const before = harness.received.length;
      relays.push(await harness.spawnRelay('started'));
      await until(() => harness.received.length > before + 50, { what: 'events to flow', timeoutMs: 60_000 });
      await kill(relays.shift() as ChildProcess);
    }
    writing = false;
    await writers;
    await harness.drained();
    for (const id of ids) expect(harness.firsts(id)).toEqual(upTo(harness.firsts(id).length));
    const total = await harness.database.primary.query('SELECT sum(version)::int AS n FROM versions');
    const repeated = harness.received.length - total[0].n;
    process.stderr.write(`outbox: ${total[0].n} events, ${repeated} repeated over 4 kills\n`);
  },
  LONG,
);
