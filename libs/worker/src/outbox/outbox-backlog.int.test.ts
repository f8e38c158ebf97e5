import { randomUUID } from 'node:crypto';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { until } from '@payments/local/testing';
import { newIntents, OutboxHarness, upTo } from '../testing/outbox-harness.js';

let harness: OutboxHarness;
beforeEach(async () => {
  harness = await OutboxHarness.create();
}, 60_000);
afterEach(() => harness.close(), 60_000);

const LONG = 120_000;

test(
  'a backlog of 10,000 rows is published in order',
  async () => {
    const ids = newIntents(2_500);
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
    expect(await harness.metric('outbox_published_total')).toBe(10_000);
  },
  LONG,
);

test(
  '1,000 rows of one intent are published in order',
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
  'single rows are published one after another on an idle relay',
  async () => {
    const relay = await harness.startRelay();
    const [warmUp, ...ids] = newIntents(101) as [string, ...string[]];
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
