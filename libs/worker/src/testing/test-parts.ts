import { deadLetterTopicOf } from '@payments/contracts';
import { createTestDatabase, sharedStack, uniqueName } from '@payments/local/testing';
import {
  BatchingProducer,
  type ConsumedRecord,
  createKafka,
  ensureTopics,
  type KafkaConnection,
  startConsumer,
} from '@payments/messaging';
import { type Database, openDatabase } from '@payments/persistence';
import { createLogger, type Logger, Metrics } from '@payments/runtime';

/** The dependencies of a worker under test on the shared stack: its own topic and database, and its dead letters. */
export interface TestParts {
  /** Also the name of its consumer group. */
  readonly topic: string;
  readonly kafka: KafkaConnection;
  readonly producer: BatchingProducer;
  readonly database: Database;
  readonly logger: Logger;
  readonly metrics: Metrics;
  readonly deadLetters: readonly ConsumedRecord[];
  /** Steps of `close`, last one first. */
  readonly cleanUp: (() => unknown)[];
  close(): Promise<void>;
}

export interface TestPartsOptions {
  readonly name: string;
  readonly partitions: number;
  readonly poolSize: number;
}

export async function createTestParts({ name, partitions, poolSize }: TestPartsOptions): Promise<TestParts> {
  const logger = createLogger({ service: name, level: 'silent' });
  const metrics = new Metrics({ defaultMetrics: false });
  const kafka = createKafka({ brokers: sharedStack().kafkaBrokers, clientId: name, logger });
  const topic = uniqueName(name);
  const topics = [topic, deadLetterTopicOf(topic)].map((one) => ({ name: one, partitions, config: {} }));
  await ensureTopics(kafka, topics, { replicationFactor: 1, minInSyncReplicas: 1 });
  const testDatabase = await createTestDatabase();
  const database = await openDatabase({ url: testDatabase.url, poolSize, applicationName: name });
  const producer = new BatchingProducer({
    kafka,
    logger,
    metrics,
    queueCountMax: 100_000,
    queueBytesMax: 256 * 1024 * 1024,
    deadlineMs: 30_000,
  });
  await producer.start();
  const deadLetters: ConsumedRecord[] = [];
  const reader = await startConsumer({
    kafka,
    logger,
    metrics,
    groupId: `${topic}-dead-letters`,
    topics: [deadLetterTopicOf(topic)],
    onBatch: async (batch) => {
      deadLetters.push(...batch.records);
      for (const { offset } of batch.records) batch.resolve(BigInt(offset));
    },
    onCrash: failTest,
  });
  const cleanUp: (() => unknown)[] = [
    () => testDatabase.drop(),
    () => database.close(),
    () => producer.close(),
    () => reader.close(),
  ];
  return {
    topic,
    kafka,
    producer,
    database,
    logger,
    metrics,
    deadLetters,
    cleanUp,
    close: async () => {
      for (const step of cleanUp.splice(0).reverse()) await step();
    },
  };
}

export function failTest(error: Error): never {
  throw error;
}
