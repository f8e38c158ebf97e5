import { type PaymentIntentEvent, TOPICS, type TopicSpec } from '@payments/contracts';
import { BatchingProducer, createKafka, type KafkaConnection, SchemaCodec } from '@payments/messaging';
import { type Database, openDatabase } from '@payments/persistence';
import { createLogger, type Logger, Metrics } from '@payments/runtime';

/** The database and topic of a relay under test. */
export interface RelayTarget {
  readonly databaseUrl: string;
  readonly kafkaBrokers: readonly string[];
  readonly registryUrl: string;
  readonly topic: string;
  /** Milliseconds after which the producer gives up on a record. */
  readonly deadlineMs: number;
}

export interface RelayParts {
  readonly database: Database;
  readonly kafka: KafkaConnection;
  readonly producer: BatchingProducer;
  readonly codec: SchemaCodec;
  readonly logger: Logger;
  readonly metrics: Metrics;
}

export async function connectRelayParts(target: RelayTarget): Promise<RelayParts> {
  const logger = createLogger({ service: 'relay-test', level: 'silent' });
  const metrics = new Metrics({ defaultMetrics: false });
  const database = await openDatabase({ url: target.databaseUrl, poolSize: 6, applicationName: 'relay' });
  const kafka = createKafka({ brokers: [...target.kafkaBrokers], clientId: 'relay-test', logger });
  const producer = new BatchingProducer({
    kafka,
    logger,
    metrics,
    deadlineMs: target.deadlineMs,
    queueCountMax: 10_000,
    queueBytesMax: 64 * 1024 * 1024,
  });
  await producer.start();
  return { database, kafka, producer, codec: new SchemaCodec(target.registryUrl), logger, metrics };
}

/** The catalogue's topic of intent events, with a name of the test's own. */
export function topicSpecOf(name: string): TopicSpec<PaymentIntentEvent> {
  return { ...TOPICS.intentEvents, name, subject: `${name}-value`, partitions: 3 };
}
