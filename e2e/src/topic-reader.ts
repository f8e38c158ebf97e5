import { randomBytes } from 'node:crypto';
import { type ConsumedRecord, type KafkaConnection, startConsumer } from '@payments/messaging';
import { createLogger, Metrics } from '@payments/runtime';

/** Keeps every record of a topic, from its beginning, as it arrives. */
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
      // What this reader then misses, whoever counts on it will miss and report.
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
 * The group was made for one reading; the broker would remember it for a week. It refuses while it still counts
 * a member whose leaving it did not hear of, after a restart for one: then the week it is.
 */
async function deleteGroup(kafka: KafkaConnection, groupId: string): Promise<void> {
  const admin = kafka.admin();
  await admin.connect();
  try {
    await admin.deleteGroups([groupId]);
  } catch {
    // Nothing depends on it.
  } finally {
    await admin.disconnect();
  }
}
