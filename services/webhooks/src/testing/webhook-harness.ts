import { randomBytes } from 'node:crypto';
import { createCache, type WebhookMarks, webhookMarks } from '@payments/cache';
import { deadLetterTopicOf, SealKeyring, TOPICS, type WebhookReceived } from '@payments/contracts';
import { createTestDatabase, sharedStack, uniqueName, until } from '@payments/local/testing';
import {
  BatchingProducer,
  type ConsumedRecord,
  createKafka,
  ensureTopics,
  type RunningConsumer,
  SchemaCodec,
  startConsumer,
} from '@payments/messaging';
import {
  createPayments,
  type Database,
  type NewPaymentRow,
  openDatabase,
  type ReadWaiting,
} from '@payments/persistence';
import { createLogger, Health, Metrics } from '@payments/runtime';
import type { SimulatedWebhook } from '@payments/simulator';
import { startWorker, type Worker } from '@payments/worker';
import { ApplyWebhook } from '../handlers/apply-webhook.js';
import { waitingReader } from '../read-waiting.js';
import { WebhookEvents } from '../webhook-events.js';

/** A delivery as the ingress publishes it. */
export type Delivery = Pick<SimulatedWebhook<unknown>, 'provider' | 'webhookId' | 'eventType' | 'body'> & {
  readonly source?: 'gateway' | 'reconciliation';
  /** Kafka key; the webhook's id by default. */
  readonly key?: string;
};

/** Webhook workers on the shared stack: their own topic, database and keys. */
export interface WebhookHarness {
  readonly database: Database;
  readonly metrics: Metrics;
  readonly marks: WebhookMarks;
  readonly cache: ReturnType<typeof createCache>;
  readonly readWaiting: ReadWaiting;
  readonly deadLetters: readonly ConsumedRecord[];
  create(payments: readonly NewPaymentRow[]): Promise<void>;
  publish(deliveries: readonly Delivery[]): Promise<void>;
  startWorker(rules?: { readonly verifyPayPal: boolean }): Promise<Worker>;
  /** Waits until every record that was published is finished. */
  finished(): Promise<void>;
  rows(sql: string, parameters?: readonly unknown[]): Promise<Record<string, unknown>[]>;
  close(): Promise<void>;
}

const PARTITIONS = 4;

export async function createHarness(): Promise<WebhookHarness> {
  const { kafkaBrokers, registryUrl, redisUrl } = sharedStack();
  const logger = createLogger({ service: 'webhooks-test', level: 'silent' });
  const metrics = new Metrics({ defaultMetrics: false });
  const kafka = createKafka({ brokers: kafkaBrokers, clientId: 'webhooks-test', logger });
  const topic = uniqueName('webhooks');
  const setup = { partitions: PARTITIONS, config: {} };
  await ensureTopics(
    kafka,
    [
      { name: topic, ...setup },
      { name: deadLetterTopicOf(topic), ...setup },
    ],
    { replicationFactor: 1, minInSyncReplicas: 1 },
  );
  const testDatabase = await createTestDatabase();
  const database = await openDatabase({
    url: testDatabase.url,
    poolSize: 12,
    applicationName: 'webhooks-test',
  });
  const codec = new SchemaCodec(registryUrl);
  await codec.register(TOPICS.webhookReceived);
  const keyring = new SealKeyring([{ id: 'test', key: randomBytes(32) }]);
  const cache = createCache({ url: redisUrl, logger, metrics });
  const marks = webhookMarks(cache);
  const producer = new BatchingProducer({
    ...{ kafka, logger, metrics },
    ...{ queueCountMax: 100_000, queueBytesMax: 256 * 1024 * 1024, deadlineMs: 30_000 },
  });
  await producer.start();
  const deadLetters: ConsumedRecord[] = [];
  const running: (RunningConsumer | Worker)[] = [
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
  const published = new Set<string>();
  let publishedCount = 0;
  const readWaiting = waitingReader(keyring, { verifyPayPal: false });
  const rows: WebhookHarness['rows'] = (sql, parameters = []) => database.primary.query(sql, [...parameters]);

  const publishOne = async ({ key, body, source = 'gateway', ...named }: Delivery): Promise<void> => {
    const { provider, webhookId, eventType } = named;
    const context = { provider, webhookId, eventType, source, receivedAt: Date.now() };
    const value: WebhookReceived = { ...context, sealedBody: keyring.seal(context, body) };
    published.add(webhookId);
    publishedCount += 1;
    await producer.send({
      ...{ topic, key: key ?? webhookId },
      value: codec.encode(TOPICS.webhookReceived, value),
    });
  };

  return {
    ...{ database, metrics, marks, cache, readWaiting, deadLetters, rows },
    create: async (payments) => {
      const creations = await database.transaction((em) => createPayments(em, payments, { readWaiting }));
      if (creations.some(({ outcome }) => outcome !== 'created'))
        throw new Error('a payment was not created');
    },
    publish: async (deliveries) => {
      await Promise.all(deliveries.map(publishOne));
    },
    startWorker: async (rules = { verifyPayPal: false }) => {
      const worker = await startWorker({
        ...{ kafka, topic, producer, database, logger, metrics },
        group: topic,
        handler: new ApplyWebhook({
          ...{ codec, keyring, marks, cache, rules, wakeRelay: () => {} },
          events: new WebhookEvents(metrics, logger),
        }),
        health: new Health(),
        onFatal: failTest,
        partitionsConcurrently: 4,
      });
      running.push(worker);
      return worker;
    },
    finished: async () => {
      const everyRow = async (): Promise<boolean> => {
        const [row] = await rows(
          'SELECT count(*)::int AS count FROM payment_webhooks WHERE webhook_id = ANY($1)',
          [[...published]],
        );
        return Number(row?.count) + deadLetters.length >= published.size;
      };
      // Not by saved offsets: records that are known from Redis are passed over without a transaction.
      await until(async () => (await finishedRecords(metrics)) >= publishedCount && (await everyRow()), {
        what: 'every record to be finished',
        timeoutMs: 60_000,
      });
    },
    close: async () => {
      for (const one of running) await one.close();
      await producer.close();
      cache.close();
      await database.close();
      await testDatabase.drop();
    },
  };
}

/** Some may be counted twice, where a partition moved from one worker to another. */
async function finishedRecords(metrics: Metrics): Promise<number> {
  const counter = await metrics.registry.getSingleMetric('worker_records_total')?.get();
  return (counter?.values ?? []).reduce((sum, { value }) => sum + value, 0);
}

function failTest(error: Error): never {
  throw error;
}
