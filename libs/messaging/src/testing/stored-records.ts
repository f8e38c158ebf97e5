import { uniqueName, until } from '@payments/local/testing';
import { Metrics } from '@payments/runtime';
import type { ConsumedRecord } from '../consumed-batch.js';
import { startConsumer } from '../consumer.js';
import { connectTo, logger } from './kafka-client.js';

/** All records of a topic on the brokers at present, each partition in offset order. */
export async function storedRecords(brokers: readonly string[], topic: string): Promise<ConsumedRecord[]> {
  const kafka = connectTo(brokers);
  const admin = kafka.admin();
  await admin.connect();
  // A broker may not know yet that it leads a partition that was made just now.
  const ends = await until(() => admin.fetchTopicOffsets(topic), { what: `the ends of ${topic}` });
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

/** The values of one key in offset order. */
export function valuesOf(records: readonly ConsumedRecord[], key: string): string[] {
  return records.filter((record) => String(record.key) === key).map(({ value }) => String(value));
}

/** Each value once, at its first position: what a deduplicating consumer sees. */
export function withoutRepeats(values: readonly string[]): string[] {
  return [...new Set(values)];
}
