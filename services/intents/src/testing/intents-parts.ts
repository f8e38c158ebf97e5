import { createCache } from '@payments/cache';
import { type PaymentIntentCommand, SealKeyring, TOPICS, type TopicSpec } from '@payments/contracts';
import { BatchingProducer, createKafka, type KafkaConnection, SchemaCodec } from '@payments/messaging';
import { type Database, openDatabase } from '@payments/persistence';
import { createLogger, Health, type Logger, Metrics } from '@payments/runtime';
import { startWorker, tellChanges, type Worker } from '@payments/worker';
import { ApplyCommand } from '../handlers/apply-command.js';
import { IntentsEvents } from '../intents-events.js';

/** The database and topic of an intents worker under test. */
export interface IntentsTarget {
  readonly databaseUrl: string;
  readonly kafkaBrokers: readonly string[];
  readonly registryUrl: string;
  readonly redisUrl: string;
  readonly topic: string;
  /** Of the keyring, in hex. */
  readonly key: string;
}

export interface IntentsParts {
  readonly database: Database;
  readonly kafka: KafkaConnection;
  readonly producer: BatchingProducer;
  readonly codec: SchemaCodec;
  readonly cache: ReturnType<typeof createCache>;
  readonly keyring: SealKeyring;
  readonly logger: Logger;
  readonly metrics: Metrics;
  readonly events: IntentsEvents;
  /** Logged lines, as they would be written. */
  readonly logged: readonly string[];
  close(): Promise<void>;
}

export async function connectIntentsParts(target: IntentsTarget): Promise<IntentsParts> {
  const logged: string[] = [];
  const destination = {
    write: (line: string) => {
      logged.push(line);
    },
  };
  const logger = createLogger({ service: 'intents-test', level: 'trace', destination });
  const metrics = new Metrics({ defaultMetrics: false });
  const database = await openDatabase({
    url: target.databaseUrl,
    poolSize: 12,
    applicationName: 'intents-test',
  });
  const kafka = createKafka({ brokers: [...target.kafkaBrokers], clientId: 'intents-test', logger });
  const producer = new BatchingProducer({
    kafka,
    logger,
    metrics,
    deadlineMs: 30_000,
    queueCountMax: 100_000,
    queueBytesMax: 256 * 1024 * 1024,
  });
  await producer.start();
  const codec = new SchemaCodec(target.registryUrl);
  const cache = createCache({ url: target.redisUrl, logger, metrics, timeoutMs: 2_000 });
  return {
    database,
    kafka,
    producer,
    codec,
    cache,
    logger,
    metrics,
    logged,
    keyring: new SealKeyring([{ id: 'test', key: Buffer.from(target.key, 'hex') }]),
    events: new IntentsEvents(metrics, logger),
    close: async () => {
      await producer.close();
      cache.close();
      await database.close();
    },
  };
}

export function startIntentsWorker(
  parts: IntentsParts,
  { topic, group = topic }: { readonly topic: string; readonly group?: string },
  over: {
    readonly database?: Database;
    readonly handler?: ApplyCommand;
    readonly wakeRelay?: (shards: ReadonlySet<number>) => void;
  } = {},
): Promise<Worker> {
  const { kafka, producer, database, logger, metrics, codec, keyring, cache, events } = parts;
  const { wakeRelay = () => {} } = over;
  return startWorker({
    kafka,
    topic,
    group,
    producer,
    database,
    logger,
    metrics,
    handler: new ApplyCommand({
      codec,
      keyring,
      events,
      tell: (told) => tellChanges({ database, cache, wakeRelay, logger }, told),
    }),
    health: new Health(),
    onFatal: failTest,
    ...over,
  });
}

/** The catalogue's topic of commands, with a name of the test's own. */
export function commandsSpec(topic: string): TopicSpec<PaymentIntentCommand> {
  return { ...TOPICS.intentCommands, name: topic, partitions: 4 };
}

export function failTest(error: Error): never {
  throw error;
}
