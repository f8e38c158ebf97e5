import { type Cache, createCache } from '@payments/cache';
import { BatchingProducer, createKafka, type KafkaConnection, SchemaCodec } from '@payments/messaging';
import { awaitDatabase, type Database } from '@payments/persistence';
import { kafkaOptions, type ServiceRuntime, serveAdmin } from '@payments/runtime';
import { startRelayInBackground } from './outbox/background-relay.js';
import { forgetBeforePublishing } from './outbox/forget-before-publishing.js';
import { type TellChanges, type TellChangesDeps, tellChanges } from './tell-changes.js';
import { startWorker, type WorkerOptions } from './worker.js';
import type { WorkerConfig } from './worker-settings.js';

/** What a worker works with. All of it is closed at shutdown, in reverse order. */
export interface WorkerParts {
  readonly database: Database;
  readonly cache: Cache;
  readonly kafka: KafkaConnection;
  readonly producer: BatchingProducer;
  readonly codec: SchemaCodec;
  /** Call after each commit that changed payments or wrote to the outbox. */
  readonly tell: TellChanges;
}

/** Fits the rows that the outbox relay has in hand, and dead letters, which are rare. */
const SEND_QUEUE = { queueCountMax: 8_000, queueBytesMax: 32 * 1024 * 1024, deadlineMs: 10_000 };

/** A start without a broker fails after this time, for the supervisor to retry. */
const BROKER_TIMEOUT_MS = 60_000;

/**
 * Starts the common parts of every worker: its admin server, and its connections to Postgres, Redis and Kafka with an
 * outbox relay. Waits for Postgres and for Kafka, at most a minute each; the relay starts once the registry is
 * available.
 */
export async function startWorkerParts(rt: ServiceRuntime<WorkerConfig>): Promise<WorkerParts> {
  const { config, logger, metrics, health } = rt;

  const admin = await serveAdmin({ port: config.PORT, health, metrics, logger });
  rt.onShutdown('admin server', () => admin.close());

  const pool = { poolSize: config.DATABASE_POOL_SIZE, applicationName: rt.name, logger };
  const database = await awaitDatabase({ ...pool, url: config.DATABASE_URL }, rt.signal);
  rt.onShutdown('database', () => database.close());

  const cache = createCache({ url: config.REDIS_URL, logger, metrics });
  rt.onShutdown('cache', () => cache.close());

  const kafka = createKafka({ ...kafkaOptions(config), clientId: rt.name, logger });
  const producer = new BatchingProducer({ kafka, logger, metrics, ...SEND_QUEUE });
  await producer.start(AbortSignal.any([rt.signal, AbortSignal.timeout(BROKER_TIMEOUT_MS)]));
  rt.onShutdown('producer', (deadline) => producer.close(deadline));

  const codec = new SchemaCodec(config.SCHEMA_REGISTRY_URL);
  const wakeRelay = startRelay(rt, { database, cache, producer, codec });
  const tell: TellChanges = (told) => tellChanges({ database, cache, wakeRelay, logger }, told);
  return { database, cache, kafka, producer, codec, tell };
}

function startRelay(
  rt: ServiceRuntime<WorkerConfig>,
  { cache, ...parts }: Pick<WorkerParts, 'database' | 'cache' | 'producer' | 'codec'>,
): TellChangesDeps['wakeRelay'] {
  const { logger, metrics } = rt;
  const relay = startRelayInBackground(
    { ...parts, logger, metrics, beforeSend: (rows) => forgetBeforePublishing(cache, rows) },
    (error) => rt.fail(error),
  );
  rt.onShutdown('outbox relay', (deadline) => relay.close(deadline));
  return (shards) => relay.wake(shards);
}

/** The options of a worker's consumption that are its own; the rest comes from its parts. */
export type Consumption<T, Effect> = Pick<
  WorkerOptions<T, Effect>,
  'group' | 'topic' | 'handler' | 'transactionsConcurrently'
>;

/** Consumes a topic until shutdown, with {@link startWorkerParts}' parts. Call it last: it is stopped first. */
export async function startConsuming<T, Effect>(
  rt: ServiceRuntime<WorkerConfig>,
  { kafka, producer, database }: Pick<WorkerParts, 'kafka' | 'producer' | 'database'>,
  consumption: Consumption<T, Effect>,
): Promise<void> {
  const { logger, metrics, health } = rt;
  const worker = await startWorker({
    ...consumption,
    kafka,
    producer,
    database,
    logger,
    metrics,
    health,
    onFatal: (error) => rt.fail(error),
  });
  rt.onShutdown('worker', () => worker.close());
}
