import { createCache, webhookMarks } from '@payments/cache';
import { SealKeyring, TOPICS } from '@payments/contracts';
import { BatchingProducer, createKafka, SchemaCodec } from '@payments/messaging';
import { openDatabase } from '@payments/persistence';
import { kafkaOptions, type ServiceRuntime, serveAdmin } from '@payments/runtime';
import { startWorker } from '@payments/worker';
import type { WebhooksConfig } from './config.js';
import { StoreWebhook } from './handlers/store-webhook.js';
import { WebhookEvents } from './webhook-events.js';

/** Dead letters are rare and small in number: what waits for the broker needs little room. */
const DEAD_LETTER_QUEUE = { queueCountMax: 1_000, queueBytesMax: 16 * 1024 * 1024, deadlineMs: 10_000 };

/** Wires the webhook worker and starts it; what it starts is stopped in reverse order at shutdown. */
export async function startWebhooks(rt: ServiceRuntime<WebhooksConfig>): Promise<void> {
  const { config, logger, metrics, health } = rt;

  const admin = await serveAdmin({ port: config.PORT, health, metrics, logger });
  rt.onShutdown('admin server', () => admin.close());

  const database = await openDatabase({
    url: config.DATABASE_URL,
    poolSize: config.DATABASE_POOL_SIZE,
    applicationName: rt.name,
    logger,
  });
  rt.onShutdown('database', () => database.close());

  const cache = createCache({ url: config.REDIS_URL, logger, metrics });
  rt.onShutdown('cache', () => cache.close());

  const kafka = createKafka({ ...kafkaOptions(config), clientId: rt.name, logger });
  const codec = new SchemaCodec(config.SCHEMA_REGISTRY_URL);
  const producer = new BatchingProducer({ kafka, logger, metrics, ...DEAD_LETTER_QUEUE });
  await producer.start();
  rt.onShutdown('dead-letter producer', (deadline) => producer.close(deadline));

  const worker = await startWorker({
    group: 'webhooks',
    topic: TOPICS.webhookReceived.name,
    kafka,
    producer,
    database,
    handler: new StoreWebhook({
      codec,
      keyring: new SealKeyring(config.SEAL_KEYS),
      marks: webhookMarks(cache),
      events: new WebhookEvents(metrics),
    }),
    logger,
    metrics,
    health,
    onFatal: (error) => rt.fail(error),
    partitionsConcurrently: config.WEBHOOKS_PARTITIONS_CONCURRENTLY,
  });
  rt.onShutdown('worker', () => worker.close());
}
