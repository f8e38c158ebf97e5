import { deadLetterTopicOf } from '@payments/contracts';
import { createTestDatabase, sharedStack, uniqueName, until } from '@payments/local/testing';
import {
  BatchingProducer,
  type ConsumedRecord,
  createKafka,
  ensureTopics,
  type RunningConsumer,
  startConsumer,
} from '@payments/messaging';
import { type Database, openDatabase } from '@payments/persistence';
import { createLogger, Health, Metrics } from '@payments/runtime';
import { type Handler, startWorker, type Worker } from '../index.js';

/** A worker under test on the shared stack: its own topic of one partition, its own database. */
export interface WorkerHarness {
  readonly database: Database;
  readonly health: Health;
  readonly deadLetters: readonly ConsumedRecord[];
  /** Writes in one send each, so that the worker sees them as few batches. */
  produce(records: readonly { key: string; value: object | string }[]): Promise<void>;
  startWorker<T, Effect>(handler: Handler<T, Effect>, attemptsMax?: number): Promise<Worker>;
  /** The offset after the last one that the worker's transactions recorded. */
  savedOffset(): Promise<number>;
  close(): Promise<void>;
}

export async function createHarness(): Promise<WorkerHarness> {
  const { kafkaBrokers } = sharedStack();
  const logger = createLogger({ service: 'worker-test', level: 'silent' });
  const metrics = new Metrics({ defaultMetrics: false });
  const kafka = createKafka({ brokers: kafkaBrokers, clientId: 'worker-test', logger });
  const topic = uniqueName('worker');
  const setup = { partitions: 1, config: {} };
  await ensureTopics(
    kafka,
    [
      { name: topic, ...setup },
      { name: deadLetterTopicOf(topic), ...setup },
    ],
    { replicationFactor: 1, minInSyncReplicas: 1 },
  );
  const testDatabase = await createTestDatabase();
  const database = await openDatabase({ url: testDatabase.url, poolSize: 2, applicationName: 'worker-test' });
  const producer = new BatchingProducer({
    ...{ kafka, logger, metrics },
    ...{ queueCountMax: 10_000, queueBytesMax: 64 * 1024 * 1024, deadlineMs: 10_000 },
  });
  await producer.start();
  const deadLetters: ConsumedRecord[] = [];
  const consumers: (RunningConsumer | Worker)[] = [
    await startConsumer({
      ...{ kafka, logger, metrics },
      groupId: `${topic}-dead-letters`,
      topics: [deadLetterTopicOf(topic)],
      onBatch: async (batch) => {
        deadLetters.push(...batch.records);
        for (const { offset } of batch.records) batch.resolve(BigInt(offset));
      },
      onCrash: failTest,
    }),
  ];
  const health = new Health();
  return {
    database,
    health,
    deadLetters,
    produce: async (records) => {
      await Promise.all(
        records.map(({ key, value }) =>
          producer.send({
            topic,
            key,
            value: Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)),
          }),
        ),
      );
    },
    startWorker: async (handler, attemptsMax = 3) => {
      const worker = await startWorker({
        ...{ kafka, topic, producer, database, handler, logger, metrics, health },
        group: topic,
        onFatal: failTest,
        retry: { baseMs: 5, capMs: 20, attemptsMax, ageMaxMs: 60_000 },
      });
      consumers.push(worker);
      return worker;
    },
    savedOffset: async () => {
      const rows: { next_offset: string }[] = await database.primary.query(
        'SELECT next_offset FROM consumer_offsets WHERE topic = $1',
        [topic],
      );
      return Number(rows[0]?.next_offset ?? 0);
    },
    close: async () => {
      for (const consumer of consumers) await consumer.close();
      await producer.close();
      await database.close();
      await testDatabase.drop();
    },
  };
}

/** Waits until the worker has recorded that everything before `offset` is finished. */
export function finishedUpTo(harness: WorkerHarness, offset: number): Promise<unknown> {
  return until(async () => (await harness.savedOffset()) >= offset, { what: `offset ${offset} to be saved` });
}

function failTest(error: Error): never {
  throw error;
}
