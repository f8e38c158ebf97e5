import { createCache, forgetPayments } from '@payments/cache';
import { SealKeyring, TOPICS } from '@payments/contracts';
import { BatchingProducer, createKafka, SchemaCodec } from '@payments/messaging';
import { openDatabase } from '@payments/persistence';
import { kafkaOptions, type ServiceRuntime, serveAdmin } from '@payments/runtime';
import { paymentsOfEvents, startRelayInBackground, startWorker } from '@payments/worker';
import type { IntentsConfig } from './config.js';
import { startExpiry } from './expiry.js';
import { ApplyCommand } from './handlers/apply-command.js';
import { IntentsEvents } from './intents-events.js';

/** Takes what the outbox relay has in hand, and dead letters, which are rare. */
const SEND_QUEUE = { queueCountMax: 4_000, queueBytesMax: 32 * 1024 * 1024, deadlineMs: 10_000 };

/** A start without a broker ends after so long, for the supervisor to try again. */
const BROKER_TIMEOUT_MS = 60_000;

/** Wires the intents service and starts it; what it starts is stopped in reverse order at shutdown. */
export async function startIntents(rt: ServiceRuntime<IntentsConfig>): Promise<void> {
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

  const events = new IntentsEvents(metrics, logger);
  const wakeRelay = (shards: ReadonlySet<number>): void => relay.wake(shards);

  const expiry = startExpiry({
    ...{ database, cache, events, wakeRelay },
    intervalMs: config.INTENTS_EXPIRY_INTERVAL_MS,
  });
  rt.onShutdown('expiry', () => expiry.close());

  const worker = await startWorker({
    group: 'intents',
    topic: TOPICS.intentCommands.name,
    ...{ kafka, producer, database, logger, metrics, health },
    handler: new ApplyCommand({
      ...{ codec, cache, events, wakeRelay },
      keyring: new SealKeyring(config.SEAL_KEYS),
    }),
    onFatal: (error) => rt.fail(error),
    transactionsConcurrently: config.INTENTS_TRANSACTIONS_CONCURRENTLY,
  });
  rt.onShutdown('worker', () => worker.close());
}
