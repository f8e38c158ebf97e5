import { describe, expect, test } from '@jest/globals';
import { uniqueName, until } from '@payments/local/testing';
import { Metrics, sleep } from '@payments/runtime';
import { committedOffsets } from './committed-offsets.js';
import type { ConsumedBatch } from './consumed-batch.js';
import {
  consume,
  kafka,
  resolveAll,
  untilAborted,
  useConsumers,
  valuesOf,
  write,
} from './testing/consuming.js';
import { createTopic } from './testing/kafka-client.js';

/** The broker's minimum (group.min.session.timeout.ms). */
const SESSION_TIMEOUT_MS = 6_000;

useConsumers();

describe('what is committed', () => {
  test('is what handlers resolved, and no more: a successor begins with the first unresolved record', async () => {
    const topic = await createTopic(kafka);
    const group = uniqueName('group');
    await write(topic, 0, 'a', 'b', 'c', 'd');
    const first = await consume(group, topic, async (batch) => {
      batch.resolve(1n);
      batch.resolve(0n);
      await untilAborted(batch);
    });
    await until(async () => (await committedOffsets(kafka, group, topic)).get(0) === 2n);
    await first.close();

    const seen: string[] = [];
    await consume(group, topic, async (batch) => {
      seen.push(...valuesOf(batch));
      resolveAll(batch);
    });
    await until(() => seen.length > 0);
    expect(seen).toEqual(['c', 'd']);
  });

  test('includes what a handler finished while the consumer closes', async () => {
    const topic = await createTopic(kafka);
    const group = uniqueName('group');
    await write(topic, 0, 'a', 'b');
    const begun = Promise.withResolvers<void>();
    const consumer = await consume(group, topic, async (batch) => {
      begun.resolve();
      await untilAborted(batch);
      expect(batch.isStale()).toBe(false);
      batch.resolve(0n);
    });
    await begun.promise;
    await consumer.close();
    expect((await committedOffsets(kafka, group, topic)).get(0)).toBe(1n);
  });
});

describe('a handler that throws', () => {
  test('gets what it did not resolve again, and holds no other partition back', async () => {
    const topic = await createTopic(kafka, { partitions: 2 });
    await write(topic, 0, 'a', 'b', 'c');
    const attempts: string[][] = [];
    const others: string[] = [];
    await consume(uniqueName('group'), topic, async (batch) => {
      if (batch.partition === 1) {
        others.push(...valuesOf(batch));
      } else {
        attempts.push(valuesOf(batch));
        if (attempts.length === 1) batch.resolve(0n);
        if (attempts.length < 4) throw new Error('not yet');
      }
      resolveAll(batch);
    });
    await until(() => attempts.length === 2);
    await write(topic, 1, 'other');
    await until(() => attempts.length === 4 && others.length === 1);
    expect(attempts[0]).toEqual(['a', 'b', 'c']);
    expect(attempts.slice(1)).toEqual([
      ['b', 'c'],
      ['b', 'c'],
      ['b', 'c'],
    ]);
  });
});

describe('a batch that takes long', () => {
  test('holds back its own partition only', async () => {
    const topic = await createTopic(kafka, { partitions: 2 });
    await write(topic, 0, 'slow');
    const begun = Promise.withResolvers<void>();
    const seen: string[] = [];
    await consume(uniqueName('group'), topic, async (batch) => {
      if (batch.partition === 0) {
        begun.resolve();
        await until(() => seen.length === 3, { what: 'the other partition' });
      } else {
        seen.push(...valuesOf(batch));
      }
      resolveAll(batch);
    });
    await begun.promise;
    // One at a time, so that each needs its own fetch.
    for (const count of [1, 2, 3]) {
      await write(topic, 1, `quick-${count}`);
      await until(() => seen.length === count);
    }
  });

  test('longer than the session time-out keeps its membership, and is delivered once', async () => {
    const topic = await createTopic(kafka);
    const group = uniqueName('group');
    await write(topic, 0, 'a', 'b');
    const deliveries: string[][] = [];
    const metrics = new Metrics({ defaultMetrics: false });
    const onBatch = async (batch: ConsumedBatch): Promise<void> => {
      deliveries.push(valuesOf(batch));
      if (deliveries.length === 1) {
        await sleep(SESSION_TIMEOUT_MS + 2_000, batch.signal);
        expect(batch.isStale()).toBe(false);
      }
      resolveAll(batch);
    };
    await consume(group, topic, onBatch, { metrics, sessionTimeoutMs: SESSION_TIMEOUT_MS });
    await until(async () => (await committedOffsets(kafka, group, topic)).get(0) === 2n);
    await write(topic, 0, 'c');
    await until(() => deliveries.length === 2);
    expect(deliveries).toEqual([['a', 'b'], ['c']]);
    const joins = await metrics.registry.getSingleMetricAsString('consumer_group_joins_total');
    expect(joins).toMatch(/ 1$/m);
  });
});

test('kafkajs giving up for good is told, so that the process exits', async () => {
  const topic = await createTopic(kafka);
  const crashes: Error[] = [];
  await consume(uniqueName('group'), topic, async () => undefined, {
    // Below the broker's minimum: refused for good.
    sessionTimeoutMs: 1_000,
    onCrash: (error) => crashes.push(error),
  });
  await until(() => crashes.length > 0);
  expect(crashes[0]?.message).toMatch(/session timeout/i);
});
