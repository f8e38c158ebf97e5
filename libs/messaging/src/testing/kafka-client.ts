import { uniqueName } from '@payments/local/testing';
import { createLogger, type Logger, Metrics } from '@payments/runtime';
import { BatchingProducer, type BatchingProducerOptions } from '../batching-producer.js';
import { createKafka, type KafkaConnection } from '../connection.js';
import { ensureTopics } from '../topics.js';

const MEBIBYTE = 1024 * 1024;

export const logger: Logger = createLogger({ service: 'messaging-test', level: 'silent' });

export function connectTo(brokers: readonly string[]): KafkaConnection {
  return createKafka({ brokers: [...brokers], clientId: 'messaging-test', logger });
}

/** A topic of the test's own, with the catalogue's limit of record size. */
export async function createTopic(
  kafka: KafkaConnection,
  { partitions = 1, config = {} }: { partitions?: number; config?: Record<string, string> } = {},
): Promise<string> {
  const name = uniqueName('messaging');
  const whole = { 'max.message.bytes': String(2 * MEBIBYTE), ...config };
  await ensureTopics(kafka, [{ name, partitions, config: whole }], {
    replicationFactor: 1,
    minInSyncReplicas: 1,
  });
  return name;
}

export async function startProducer(
  kafka: KafkaConnection,
  options: Partial<BatchingProducerOptions> = {},
): Promise<BatchingProducer> {
  const producer = new BatchingProducer({
    kafka,
    logger,
    metrics: new Metrics({ defaultMetrics: false }),
    queueCountMax: 100_000,
    queueBytesMax: 256 * MEBIBYTE,
    deadlineMs: 30_000,
    ...options,
  });
  await producer.start();
  return producer;
}
