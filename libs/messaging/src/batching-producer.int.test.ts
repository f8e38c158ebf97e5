import { afterEach, describe, expect, test } from '@jest/globals';
import { sharedStack } from '@payments/local/testing';
import { Metrics } from '@payments/runtime';
import type { BatchingProducer, BatchingProducerOptions, OutgoingRecord } from './batching-producer.js';
import { ProducerClosedError, QueueFullError, RecordTooLargeError, SendRefusedError } from './send-errors.js';
import { connectTo, createTopic, startProducer as start } from './testing/kafka-client.js';
import { storedRecords } from './testing/stored-records.js';

const brokers = sharedStack().kafkaBrokers;
const kafka = connectTo(brokers);
const started: BatchingProducer[] = [];

afterEach(async () => {
  await Promise.all(started.splice(0).map((producer) => producer.close()));
});

async function startProducer(options: Partial<BatchingProducerOptions> = {}): Promise<BatchingProducer> {
  const producer = await start(kafka, options);
  started.push(producer);
  return producer;
}

function record(topic: string, key: string, value: string): OutgoingRecord {
  return { topic, key, value: Buffer.from(value) };
}

function small(topic: string, count: number): OutgoingRecord[] {
  return Array.from({ length: count }, (_, index) => record(topic, `key-${index % 20}`, `value-${index}`));
}

describe('the batching producer', () => {
  test('acknowledges each record with the position where it is found, in order per key', async () => {
    const topic = await createTopic(kafka, { partitions: 4 });
    const producer = await startProducer();
    const records = small(topic, 2_000);
    const positions = await Promise.all(records.map((one) => producer.send(one)));

    const stored = new Map(
      (await storedRecords(brokers, topic)).map((one) => [`${one.partition}/${one.offset}`, one]),
    );
    expect(stored.size).toBe(2_000);
    const lastOf = new Map<string, bigint>();
    for (const [index, { partition, offset }] of positions.entries()) {
      const { key, value } = records[index] as OutgoingRecord & { key: string };
      expect(stored.get(`${partition}/${offset}`)?.value?.toString()).toBe(value?.toString());
      expect(offset).toBeGreaterThan(lastOf.get(key) ?? -1n);
      lastOf.set(key, offset);
    }
    expect(producer.queued).toEqual({ count: 0, bytes: 0 });
  });

  test('sends what queues meanwhile together: far fewer requests than records', async () => {
    const topic = await createTopic(kafka, { partitions: 4 });
    const metrics = new Metrics({ defaultMetrics: false });
    const producer = await startProducer({ metrics });
    await Promise.all(small(topic, 1_000).map((one) => producer.send(one)));
    const text = await metrics.registry.getSingleMetricAsString('producer_batch_records');
    const sends = Number(/producer_batch_records_count (\d+)/.exec(text)?.[1]);
    expect(sends).toBeLessThan(20);
    expect(text).toContain('producer_batch_records_sum 1000');
  });

  test('carries headers and values of null, and takes a partition over the one of the key', async () => {
    const topic = await createTopic(kafka, { partitions: 3 });
    const producer = await startProducer();
    const headers = { traceparent: 'ü', raw: Buffer.from([0, 255]) };
    const position = await producer.send({ topic, key: 'k', value: null, headers, partition: 2 });
    expect(position).toEqual({ partition: 2, offset: 0n });
    const [stored] = await storedRecords(brokers, topic);
    expect(stored).toMatchObject({ partition: 2, key: Buffer.from('k'), value: null });
    expect(stored?.headers).toEqual({ traceparent: Buffer.from('ü'), raw: Buffer.from([0, 255]) });
  });

  test('refuses a partition that there is not, whether or not the topic is known yet', async () => {
    const topic = await createTopic(kafka, { partitions: 3 });
    const producer = await startProducer();
    for (let round = 0; round < 2; round += 1) {
      for (const partition of [-1, 0.5, Number.NaN, 3]) {
        await expect(producer.send({ topic, key: 'k', value: null, partition })).rejects.toThrow(RangeError);
      }
      expect(producer.queued).toEqual({ count: 0, bytes: 0 });
      await producer.send({ topic, key: 'k', value: null, partition: 2 });
    }
  });

  test('a body of 900 KB among small ones arrives, and so does everything around it', async () => {
    const topic = await createTopic(kafka, { config: { 'max.message.bytes': String(1024 * 1024) } });
    const producer = await startProducer();
    const big = Buffer.alloc(1_000_000, 'b');
    const records = [
      ...small(topic, 300),
      { topic, key: 'big', value: big },
      ...small(topic, 300),
      { topic, key: 'big', value: big },
    ];
    const positions = await Promise.all(records.map((one) => producer.send(one)));
    expect(positions.map(({ offset }) => offset)).toEqual(records.map((_, index) => BigInt(index)));
    const stored = await storedRecords(brokers, topic);
    expect(stored.filter(({ value }) => value?.equals(big))).toHaveLength(2);
  });

  test('a record that the broker refuses fails alone', async () => {
    const topic = await createTopic(kafka, {
      partitions: 2,
      config: { 'max.message.bytes': '20000' },
    });
    const producer = await startProducer({ batchBytesMax: 15_000 });
    const records = small(topic, 200);
    records.splice(77, 0, { topic, key: 'key-3', value: Buffer.alloc(30_000) });
    const results = await Promise.allSettled(records.map((one) => producer.send(one)));
    const failed = results.flatMap((result, index) => (result.status === 'rejected' ? [index] : []));
    expect(failed).toEqual([77]);
    const { reason } = results[77] as PromiseRejectedResult;
    expect(reason).toBeInstanceOf(SendRefusedError);
    expect(reason).toMatchObject({ isForContent: true });
    const stored = new Set((await storedRecords(brokers, topic)).map(({ value }) => value?.toString()));
    expect(stored.size).toBe(200);
  });

  test('holds no more than its bounds: further records are refused at once, and taken again later', async () => {
    const topic = await createTopic(kafka);
    const byCount = await startProducer({ queueCountMax: 10 });
    const counted = await Promise.allSettled(small(topic, 15).map((one) => byCount.send(one)));
    expect(counted.map(({ status }) => status === 'fulfilled')).toEqual(
      Array.from({ length: 15 }, (_, index) => index < 10),
    );
    expect((counted[14] as PromiseRejectedResult).reason).toBeInstanceOf(QueueFullError);
    await byCount.send(record(topic, 'k', 'later'));

    const byBytes = await startProducer({ queueBytesMax: 10_000 });
    const kilobyte = { topic, key: 'k', value: Buffer.alloc(1_000) };
    const weighed = await Promise.allSettled(Array.from({ length: 12 }, () => byBytes.send(kilobyte)));
    expect(weighed.filter(({ status }) => status === 'fulfilled')).toHaveLength(9);
  });

  test('refuses a record that no broker would take', async () => {
    const topic = await createTopic(kafka);
    const producer = await startProducer();
    const tooLarge = { topic, key: 'k', value: Buffer.alloc(1_900_000) };
    await expect(producer.send(tooLarge)).rejects.toThrow(RecordTooLargeError);
    expect(producer.queued.count).toBe(0);
  });

  test('a topic that does not exist costs its own records their deadline and nobody else anything', async () => {
    const topic = await createTopic(kafka);
    const producer = await startProducer({ deadlineMs: 5_000 });
    const nowhere = producer.send(record(`${topic}-missing`, 'k', 'v'));
    await producer.send(record(topic, 'k', 'v'));
    await expect(nowhere).rejects.toMatchObject({ name: 'SendDeadlineError' });
    expect(producer.queued).toEqual({ count: 0, bytes: 0 });
  });

  test('closing flushes: what was taken is stored, and nothing is taken afterwards', async () => {
    const topic = await createTopic(kafka, { partitions: 3 });
    const producer = await startProducer();
    const sent = small(topic, 3_000).map((one) => producer.send(one));
    const closed = producer.close();
    await expect(producer.send(record(topic, 'k', 'late'))).rejects.toThrow(ProducerClosedError);
    await closed;
    expect((await Promise.allSettled(sent)).every(({ status }) => status === 'fulfilled')).toBe(true);
    expect(await storedRecords(brokers, topic)).toHaveLength(3_000);
  });
});
