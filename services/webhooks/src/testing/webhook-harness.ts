import { randomBytes } from 'node:crypto';
import { createCache, type WebhookMarks, webhookMarks } from '@payments/cache';
import { SealKeyring, TOPICS, type WebhookReceived } from '@payments/contracts';
import { sharedStack, until } from '@payments/local/testing';
import { SchemaCodec } from '@payments/messaging';
import { createPayments, type NewPaymentRow } from '@payments/persistence';
import { Health } from '@payments/runtime';
import { measured } from '@payments/runtime/testing';
import type { SimulatedWebhook } from '@payments/simulator';
import { startWorker, type ToldChanges, tellChanges, type Worker } from '@payments/worker';
import { createTestParts, failTest, type TestParts } from '@payments/worker/testing';
import { ApplyWebhook } from '../handlers/apply-webhook.js';
import { waitingReader } from '../read-waiting.js';
import { retryUnread } from '../retry-unread.js';
import { startSettleLoop } from '../settle-loop.js';
import { WebhookEvents } from '../webhook-events.js';

/** A delivery as the ingress publishes it. */
export type Delivery = Pick<SimulatedWebhook<unknown>, 'provider' | 'webhookId' | 'eventType' | 'body'> & {
  readonly source?: 'gateway' | 'reconciliation';
  /** Kafka key; the webhook's id by default. */
  readonly key?: string;
  /** Of the sealing key; the newest by default. */
  readonly sealedWith?: SealKeyring;
  readonly headers?: Readonly<Record<string, string>>;
};

/** Webhook workers on the shared stack: their own topic, database and keys. */
export interface WebhookHarness extends Pick<TestParts, 'database' | 'metrics' | 'deadLetters' | 'close'> {
  readonly marks: WebhookMarks;
  readonly cache: ReturnType<typeof createCache>;
  create(payments: readonly NewPaymentRow[]): Promise<void>;
  publish(deliveries: readonly Delivery[]): Promise<void>;
  startWorker(options?: WebhookWorkerOptions): Promise<Worker>;
  /** Waits until every record that was published is finished. */
  finished(): Promise<void>;
  /** Waits until every webhook whose payment is known is settled. */
  settled(): Promise<void>;
  rows(sql: string, parameters?: readonly unknown[]): Promise<Record<string, unknown>[]>;
}

export interface WebhookWorkerOptions {
  readonly verifyPayPal?: boolean;
  readonly keyring?: SealKeyring;
}

export async function createHarness(): Promise<WebhookHarness> {
  const parts = await createTestParts({ name: 'webhooks-test', partitions: 4, poolSize: 12 });
  const { topic, kafka, producer, database, logger, metrics, deadLetters } = parts;
  const { registryUrl, redisUrl } = sharedStack();
  const codec = new SchemaCodec(registryUrl);
  await codec.register(TOPICS.webhookReceived);
  const ownKeyring = new SealKeyring([{ id: 'test', key: randomBytes(32) }]);
  // A busy machine must not cause a time-out: the key would count as absent, and a mark would not be set.
  const cache = createCache({ url: redisUrl, logger, metrics, timeoutMs: 2_000 });
  parts.cleanUp.push(() => cache.close());
  const marks = webhookMarks(cache);
  const published = new Set<string>();
  let publishedCount = 0;
  const rows: WebhookHarness['rows'] = (sql, parameters = []) => database.primary.query(sql, [...parameters]);

  const publishOne = async ({
    key,
    body,
    source = 'gateway',
    sealedWith,
    headers = {},
    ...named
  }: Delivery): Promise<void> => {
    const { provider, webhookId, eventType } = named;
    const context = { provider, webhookId, eventType, source, receivedAt: Date.now() };
    const sealedBody = (sealedWith ?? ownKeyring).seal(context, body);
    const value: WebhookReceived = { ...context, sealedBody };
    published.add(webhookId);
    publishedCount += 1;
    await producer.send({
      topic,
      key: key ?? webhookId,
      value: codec.encode(TOPICS.webhookReceived, value),
      headers,
    });
  };

  return {
    database,
    metrics,
    marks,
    cache,
    deadLetters,
    rows,
    close: parts.close,
    create: async (payments) => {
      const creations = await database.transaction((em) => createPayments(em, payments));
      if (creations.some(({ outcome }) => outcome !== 'created'))
        throw new Error('a payment was not created');
    },
    publish: async (deliveries) => {
      await Promise.all(deliveries.map(publishOne));
    },
    startWorker: async ({ verifyPayPal = false, keyring = ownKeyring } = {}) => {
      const rules = { verifyPayPal };
      const shared = {
        database,
        events: new WebhookEvents(metrics, logger),
        tell: (told: ToldChanges) => tellChanges({ database, cache, wakeRelay: () => {}, logger }, told),
        logger,
      };
      const settling = startSettleLoop({ ...shared, readWaiting: waitingReader(keyring, rules) });
      const stopRetrying = retryUnread({ ...shared, keyring, rules });
      const worker = await startWorker({
        kafka,
        topic,
        producer,
        database,
        logger,
        metrics,
        group: topic,
        handler: new ApplyWebhook({
          ...shared,
          codec,
          keyring,
          marks,
          rules,
          wakeSettling: () => settling.wake(),
        }),
        health: new Health(),
        onFatal: failTest,
        transactionsConcurrently: 4,
      });
      let closing: Promise<void> | undefined;
      const close = (): Promise<void> => {
        closing ??= worker.close().then(() => {
          stopRetrying();
          return settling.close();
        });
        return closing;
      };
      parts.cleanUp.push(close);
      return { close };
    },
    finished: async () => {
      const everyRow = async (): Promise<boolean> => {
        const [row] = await rows(
          'SELECT count(*)::int AS count FROM payment_webhooks WHERE webhook_id = ANY($1)',
          [[...published]],
        );
        return Number(row?.count) + deadLetters.length >= published.size;
      };
      // Not by saved offsets: records that are known from Redis are passed over without a transaction. Some may be
      // counted twice, where a partition moved from one worker to another.
      const finishedRecords = () => measured(metrics, 'worker_records_total');
      await until(async () => (await finishedRecords()) >= publishedCount && (await everyRow()), {
        what: 'every record to be finished',
        timeoutMs: 60_000,
      });
    },
    settled: async () => {
      const due = `SELECT 1 FROM gateway_object_refs WHERE settle_at <= now() LIMIT 1`;
      await until(async () => (await rows(due)).length === 0, {
        what: 'what waited to be settled',
        timeoutMs: 60_000,
      });
    },
  };
}
