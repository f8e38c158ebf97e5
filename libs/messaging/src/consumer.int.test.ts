import { afterAll, afterEach, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { sharedStack, uniqueName, until } from '@payments/local/testing';
import { Metrics, sleep } from '@payments/runtime';
import type { BatchingProducer } from './batching-producer.js';
import type { ConsumedBatch } from './consumed-batch.js';
import { type ConsumerOptions, type RunningConsumer, startConsumer } from './consumer.js';
import { committedOffsets } from './testing/committed-offsets.js';
import { connectTo, createTopic, logger, startProducer } from './testing/kafka-client.js';

jest.setTimeout(40_000);

/** The least that the broker allows (group.min.session.timeout.ms). */
const SESSION_TIMEOUT_MS = 6_000;

const kafka = connectTo(sharedStack().kafkaBrokers);
const running: RunningConsumer[] = [];
let producer: BatchingProducer;

beforeAll(async () => {
  producer = await startProducer(kafka);
});

afterEach(async () => {
  await Promise.all(running.splice(0).map((consumer) => consumer.close()));
});

afterAll(() => producer.close());

async function consume(
  groupId: string,
  topic: string,
  onBatch: ConsumerOptions['onBatch'],
  options: Partial<ConsumerOptions> = {},
): Promise<RunningConsumer> {
  const consumer = await startConsumer({
    ...{ kafka, groupId, topics: [topic], onBatch, logger },
    metrics: new Metrics({ defaultMetrics: false }),
    onCrash: (error) => {
      throw error;
    },
    ...options,
  });
  running.push(consumer);
  return consumer;
}

async function write(topic: string, partition: number, ...values: string[]): Promise<void> {
  await Promise.all(
    values.map((value) => producer.send({ topic, key: 'k', value: Buffer.from(value), partition })),
  );
}

function valuesOf({ records }: ConsumedBatch): string[] {
  return records.map(({ value }) => String(value));
}

function resolveAll(batch: ConsumedBatch): void {
  batch.resolve(BigInt(batch.records.at(-1)?.offset ?? '-1'));
}

/** Ends when the partition is lost or the consumer stops. */
function untilAborted({ signal }: ConsumedBatch): Promise<void> {
  return sleep(2 ** 30, signal).catch(() => undefined);
}

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
    // One after the other: each needs a fetch of its own.
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

describe('a rebalance', () => {
  test('makes the batch in hand stale at once: nothing of it is committed, its new owner gets it', async () => {
    const topic = await createTopic(kafka);
    const group = uniqueName('group');
    await write(topic, 0, 'a', 'b');
    const stale: boolean[] = [];
    const seen: string[] = [];
    const work = async (batch: ConsumedBatch): Promise<void> => {
      if (stale.length === 0) {
        await untilAborted(batch);
        stale.push(batch.isStale());
        // Too late: this must not count.
        resolveAll(batch);
        return;
      }
      seen.push(...valuesOf(batch));
      resolveAll(batch);
    };
    // kafkajs sometimes gives up a member that is left without partitions: it asks for the offset of one that it
    // lost. In a service the process exits then; here its successor is there already.
    const first = await consume(group, topic, work, { onCrash: () => undefined });
    await until(() => first.assignment().length === 1);
    await consume(group, topic, work);
    await until(() => stale.length > 0 && seen.length === 2);
    expect(stale).toEqual([true]);
    expect(seen).toEqual(['a', 'b']);
  });

  test('leaves paused partitions paused', async () => {
    const topic = await createTopic(kafka, { partitions: 4 });
    const group = uniqueName('group');
    const seen: string[] = [];
    const work = async (batch: ConsumedBatch): Promise<void> => {
      seen.push(...valuesOf(batch));
      resolveAll(batch);
    };
    const all = [0, 1, 2, 3].map((partition) => ({ topic, partition }));
    const first = await consume(group, topic, work);
    first.pause(all);
    const second = await consume(group, topic, async () => undefined);
    await until(() => first.assignment().length === 2 && second.assignment().length === 2);
    await second.close();
    await until(() => first.assignment().length === 4);
    const [paused, open] = [0, 3];
    first.resume([{ topic, partition: open }]);
    await write(topic, paused, 'paused');
    for (const value of ['open-1', 'open-2', 'open-3']) {
      await write(topic, open, value);
      await until(() => seen.includes(value));
    }
    expect(seen).not.toContain('paused');
    first.resume(all);
    await until(() => seen.includes('paused'));
  });
});

test('kafkajs giving up for good is told, so that the process exits', async () => {
  const topic = await createTopic(kafka);
  const crashes: Error[] = [];
  await consume(uniqueName('group'), topic, async () => undefined, {
    // Less than the broker allows: it refuses for good.
    sessionTimeoutMs: 1_000,
    onCrash: (error) => crashes.push(error),
  });
  await until(() => crashes.length > 0);
  expect(crashes[0]?.message).toMatch(/session timeout/i);
});

test('records written before the group first joined are consumed, and the lag is told', async () => {
  const topic = await createTopic(kafka);
  const group = uniqueName('group');
  await write(topic, 0, 'a', 'b', 'c');
  const metrics = new Metrics({ defaultMetrics: false });
  const onBatch = async (batch: ConsumedBatch): Promise<void> => {
    batch.resolve(0n);
    await untilAborted(batch);
  };
  await consume(group, topic, onBatch, { metrics });
  await until(async () =>
    (await metrics.registry.getSingleMetricAsString('consumer_lag_records')).includes(
      `consumer_lag_records{group="${group}",topic="${topic}",partition="0"} 2`,
    ),
  );
});

describe('the lag of a partition from which nothing is fetched', () => {
  const lagOf = async (metrics: Metrics): Promise<number> => {
    const text = await metrics.registry.getSingleMetricAsString('consumer_lag_records');
    return Number(/^consumer_lag_records\{.*\} (\d+)$/m.exec(text)?.[1]);
  };

  test('grows on while its batch is at work', async () => {
    const topic = await createTopic(kafka);
    const metrics = new Metrics({ defaultMetrics: false });
    await write(topic, 0, 'a', 'b');
    const onBatch = async (batch: ConsumedBatch): Promise<void> => {
      batch.resolve(0n);
      await untilAborted(batch);
    };
    await consume(uniqueName('group'), topic, onBatch, { metrics, lagRefreshMs: 100 });
    await until(async () => (await lagOf(metrics)) === 1, { what: 'the lag of the first batch' });
    await write(topic, 0, 'c', 'd', 'e');
    await until(async () => (await lagOf(metrics)) === 4, { what: 'the lag of what came since' });
  });

  test('is told from what the group committed when it is paused from the start', async () => {
    const topic = await createTopic(kafka);
    const group = uniqueName('group');
    await write(topic, 0, 'a', 'b', 'c');
    const first = await consume(group, topic, async (batch) => {
      batch.resolve(0n);
      await untilAborted(batch);
    });
    await until(async () => (await committedOffsets(kafka, group, topic)).get(0) === 1n);
    await first.close();
    const metrics = new Metrics({ defaultMetrics: false });
    const second = await consume(group, topic, untilAborted, { metrics, lagRefreshMs: 100 });
    second.pause([{ topic, partition: 0 }]);
    await until(async () => (await lagOf(metrics)) === 2, { what: 'the lag' });
    await write(topic, 0, 'd');
    await until(async () => (await lagOf(metrics)) === 3, { what: 'the lag of what came since' });
  });
});
