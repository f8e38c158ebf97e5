import { createCache, forgetPayments, webhookMarks } from '@payments/cache';
import { SealKeyring, TOPICS } from '@payments/contracts';
import { BatchingProducer, createKafka, SchemaCodec } from '@payments/messaging';
import { openDatabase } from '@payments/persistence';
import { kafkaOptions, type ServiceRuntime, serveAdmin } from '@payments/runtime';
import { paymentsOfEvents, startRelayInBackground, startWorker } from '@payments/worker';
import type { WebhooksConfig } from './config.js';
import { ApplyWebhook } from './handlers/apply-webhook.js';
import { waitingReader } from './read-waiting.js';
import { startSettleLoop } from './settle-loop.js';
import { watchUnprocessed } from './watch-unprocessed.js';
import { WebhookEvents } from './webhook-events.js';

/** Takes what the outbox relay has in hand, and dead letters, which are rare. */
const SEND_QUEUE = { queueCountMax: 4_000, queueBytesMax: 32 * 1024 * 1024, deadlineMs: 10_000 };

/** A start without a broker ends after so long, for the supervisor to try again. */
const BROKER_TIMEOUT_MS = 60_000;

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

  rt.onShutdown('count of waiting webhooks', watchUnprocessed(database, metrics, logger));

  const cache = createCache({ url: config.REDIS_URL, logger, metrics });
  rt.onShutdown('cache', () => cache.close());

  const kafka = createKafka({ ...kafkaOptions(config), clientId: rt.name, logger });
  const codec = new SchemaCodec(config.SCHEMA_REGISTRY_URL);
  const producer = new BatchingProducer({ kafka, logger, metrics, ...SEND_QUEUE });
  await producer.start(AbortSignal.any([rt.signal, AbortSignal.timeout(BROKER_TIMEOUT_MS)]));
  rt.onShutdown('producer', (deadline) => producer.close(deadline));

  const relay = startRelayInBackground(
    {
      ...{ database, producer, codec, logger, metrics },
      beforeSend: (rows) => forgetPayments(cache, paymentsOfEvents(rows)),
    },
    (error) => rt.fail(error),
  );
  rt.onShutdown('outbox relay', (deadline) => relay.close(deadline));

  const keyring = new SealKeyring(config.SEAL_KEYS);
  const rules = { verifyPayPal: config.WEBHOOKS_PAYPAL_VERIFY };
  const events = new WebhookEvents(metrics, logger);
  const wakeRelay = (shards: ReadonlySet<number>): void => relay.wake(shards);

  const settling = startSettleLoop({
    ...{ database, cache, events, wakeRelay, logger },
    readWaiting: waitingReader(keyring, rules),
  });
  rt.onShutdown('settling of waiting webhooks', () => settling.close());

  const worker = await startWorker({
    group: 'webhooks',
    topic: TOPICS.webhookReceived.name,
    kafka,
    producer,
    database,
    handler: new ApplyWebhook({
      ...{ codec, cache, keyring, events, rules, wakeRelay },
      marks: webhookMarks(cache),
      wakeSettling: () => settling.wake(),
    }),
    logger,
    metrics,
    health,
    onFatal: (error) => rt.fail(error),
    transactionsConcurrently: config.WEBHOOKS_TRANSACTIONS_CONCURRENTLY,
  });
  rt.onShutdown('worker', () => worker.close());
}
