import {
  ALL_TOPICS,
  type CommandOutcome,
  type PaymentIntentEvent,
  TOPICS,
  type TopicSpec,
} from '@payments/contracts';
import { sharedStack, uniqueName } from '@payments/local/testing';
import { BatchingProducer, createKafka, ensureTopics, SchemaCodec } from '@payments/messaging';
import { createLogger, Metrics } from '@payments/runtime';
import type { ClientOptions } from '../connection.js';

/** The pipeline's side of the topics. */
export interface PipelineEnd {
  /** Creates a topic of a test's own, to publish to. */
  addTopic(topic: TopicSpec): Promise<void>;
  publish<Value>(topic: TopicSpec<Value>, key: string, value: Value): Promise<void>;
  /** Publishes raw bytes. */
  publishBytes(topic: string, key: string, value: Buffer | null): Promise<void>;
  close(): Promise<void>;
}

/** An order service unique to the test. */
export function clientOptions(): ClientOptions {
  const { kafkaBrokers: brokers, registryUrl } = sharedStack();
  const logger = createLogger({ service: 'test', level: 'silent' });
  return { brokers, registryUrl, logger, service: uniqueName('shop') };
}

export async function openPipelineEnd(): Promise<PipelineEnd> {
  const { kafkaBrokers: brokers, registryUrl } = sharedStack();
  const logger = createLogger({ service: 'test', level: 'silent' });
  const kafka = createKafka({ brokers, clientId: 'test', logger });
  const onOneBroker = { replicationFactor: 1, minInSyncReplicas: 1 };
  await ensureTopics(kafka, ALL_TOPICS, onOneBroker);
  const codec = new SchemaCodec(registryUrl);
  for (const topic of [TOPICS.commandOutcomes, TOPICS.intentEvents]) await codec.register(topic);
  const producer = new BatchingProducer({
    kafka,
    logger,
    metrics: new Metrics({ defaultMetrics: false }),
    queueCountMax: 1_000,
    queueBytesMax: 1024 * 1024,
    deadlineMs: 10_000,
  });
  await producer.start();
  const publishBytes = async (topic: string, key: string, value: Buffer | null): Promise<void> => {
    await producer.send({ topic, key, value });
  };
  return {
    addTopic: async (topic) => {
      await ensureTopics(kafka, [topic], onOneBroker);
      await codec.register(topic);
    },
    publishBytes,
    publish: (topic, key, value) => publishBytes(topic.name, key, codec.encode(topic, value)),
    close: () => producer.close(),
  };
}

export function eventOf(intentId: string, version: number): PaymentIntentEvent {
  return {
    type: 'processing',
    version,
    intentId,
    orderId: 'order-1',
    customerId: 'customer-1',
    status: 'PROCESSING',
    previousStatus: 'PROCESSING',
    amount: 1999,
    currency: 'USD',
    currentLeg: 1,
    amountAuthorized: 0,
    amountCaptured: 0,
    amountRefunded: 0,
    amountRefundPending: 0,
    amountDisputed: 0,
    occurredAt: Date.now(),
    transaction: null,
    lastError: null,
    nextAction: null,
    alerts: [],
    commandId: null,
  };
}

export function outcomeOf(intentId: string, commandId: string): CommandOutcome {
  return {
    commandId,
    type: 'create',
    intentId,
    outcome: 'DONE',
    code: null,
    detail: null,
    intentVersion: 1,
    decidedAt: Date.now(),
    idReusedAt: null,
  };
}
