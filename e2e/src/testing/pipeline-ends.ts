import { deadLetterTopicOf, TOPICS } from '@payments/contracts';
import type { OwnStack } from '@payments/local/testing';
import { BatchingProducer, createKafka, SchemaCodec } from '@payments/messaging';
import { openDatabase } from '@payments/persistence';
import { createLogger, Metrics } from '@payments/runtime';
import { TopicReader } from '../topic-reader.js';

export const TOPIC = TOPICS.webhookReceived.name;

export type PipelineEnds = Awaited<ReturnType<typeof openEnds>>;

/** Clients of a test's own for the parts that connect the services. */
export async function openEnds(stack: OwnStack) {
  const logger = createLogger({ service: 'e2e', level: 'silent' });
  const kafka = createKafka({ brokers: stack.kafkaBrokers, clientId: 'e2e', logger });
  const codec = new SchemaCodec(stack.registryUrl);
  await codec.register(TOPICS.webhookReceived);
  const producer = new BatchingProducer({
    kafka,
    logger,
    metrics: new Metrics({ defaultMetrics: false }),
    queueCountMax: 10_000,
    queueBytesMax: 64 * 1024 * 1024,
    deadlineMs: 30_000,
  });
  await producer.start();
  const deadLetters = await TopicReader.open(kafka, deadLetterTopicOf(TOPIC));
  const database = await openDatabase({
    url: stack.databaseUrl,
    poolSize: 3,
    applicationName: 'e2e',
    logger,
  });
  return { kafka, codec, producer, deadLetters, database };
}
