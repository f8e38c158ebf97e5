import { randomBytes } from 'node:crypto';
import { type ConsumedRecord, type KafkaConnection, startConsumer } from '@payments/messaging';
import { createLogger, Metrics } from '@payments/runtime';

/** Collects all records of a topic, from its beginning. */
export class TopicReader {
  readonly records: ConsumedRecord[] = [];
  readonly #close: () => Promise<void>;

  private constructor(records: ConsumedRecord[], close: () => Promise<void>) {
    this.records = records;
    this.#close = close;
  }

  static async open(kafka: KafkaConnection, topic: string): Promise<TopicReader> {
    const records: ConsumedRecord[] = [];
    const groupId = `reader-${randomBytes(6).toString('hex')}`;
    const consumer = await startConsumer({
      kafka,
      groupId,
      topics: [topic],
      onBatch: async (batch) => {
        const last = batch.records.at(-1);
        records.push(...batch.records);
        if (last !== undefined) batch.resolve(BigInt(last.offset));
      },
      // The missing records are noticed by whoever waits for them.
      onCrash: () => {},
      logger: createLogger({ service: 'reader', level: 'silent' }),
      metrics: new Metrics({ defaultMetrics: false }),
    });
    return new TopicReader(records, async () => {
      await consumer.close();
      await deleteGroup(kafka, groupId);
    });
  }

  close(): Promise<void> {
    return this.#close();
  }
}

/**
 * Deletes the group, which the broker would keep for a week. The broker refuses while it counts a member that it did
 * not see leave, for example after a restart; then the group expires.
 */
async function deleteGroup(kafka: KafkaConnection, groupId: string): Promise<void> {
  const admin = kafka.admin();
  await admin.connect();
  try {
    await admin.deleteGroups([groupId]);
  } catch {
    // Nothing depends on the deletion.
  } finally {
    await admin.disconnect();
  }
}
