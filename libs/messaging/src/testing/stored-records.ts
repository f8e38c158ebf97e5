import { uniqueName, until } from '@payments/local/testing';
import { Metrics } from '@payments/runtime';
import type { ConsumedRecord } from '../consumed-batch.js';
import { startConsumer } from '../consumer.js';
import { connectTo, logger } from './kafka-client.js';

/** Everything that the brokers have of a topic now, each partition in its order. */
export async function storedRecords(brokers: readonly string[], topic: string): Promise<ConsumedRecord[]> {
  const kafka = connectTo(brokers);
  const admin = kafka.admin();
  await admin.connect();
  const ends = await admin.fetchTopicOffsets(topic);
  await admin.disconnect();
  const missing = new Map(
    ends.filter(({ high }) => high !== '0').map(({ partition, high }) => [partition, BigInt(high)]),
  );
  const found: ConsumedRecord[] = [];
  const consumer = await startConsumer({
    kafka,
    logger,
    metrics: new Metrics({ defaultMetrics: false }),
    groupId: uniqueName('reader'),
    topics: [topic],
    onBatch: async ({ partition, records, resolve }) => {
      found.push(...records);
      const last = BigInt(records.at(-1)?.offset ?? '-1');
      resolve(last);
      if (last + 1n >= (missing.get(partition) ?? 0n)) missing.delete(partition);
    },
    onCrash: (error) => {
      throw error;
    },
  });
  try {
    await until(() => missing.size === 0, { what: `the records of ${topic}` });
  } finally {
    await consumer.close();
  }
  return found;
}

/** The values of one key, in the order in which the broker has them. */
export function valuesOf(records: readonly ConsumedRecord[], key: string): string[] {
  return records.filter((record) => String(record.key) === key).map(({ value }) => String(value));
}

/** Each value once, where it stands first: what a consumer sees that drops what it has seen. */
export function withoutRepeats(values: readonly string[]): string[] {
  return [...new Set(values)];
}
