import { SealKeyring, TOPICS, type WebhookReceived } from '@payments/contracts';
import {
  BatchingProducer,
  createKafka,
  ensureTopics,
  type KafkaConnection,
  SchemaCodec,
} from '@payments/messaging';
import { createLogger, Metrics } from '@payments/runtime';
import { benchKeys } from './seal-keys.js';
import type { Delivery } from './workload.js';

const QUEUE_BYTES_MAX = 256 * 1024 * 1024;
const SENT_AT_ONCE = 5_000;

/** Publishes webhooks as the ingress does: sealed, encoded and keyed. */
export class KafkaInput {
  readonly #kafka: KafkaConnection;
  readonly #producer: BatchingProducer;
  readonly #codec: SchemaCodec;
  readonly #keyring = new SealKeyring(benchKeys());

  constructor(brokers: readonly string[], registryUrl: string) {
    const logger = createLogger({ service: 'bench', level: 'warn' });
    this.#kafka = createKafka({ brokers: [...brokers], clientId: 'bench', logger });
    this.#codec = new SchemaCodec(registryUrl);
    this.#producer = new BatchingProducer({
      kafka: this.#kafka,
      logger,
      metrics: new Metrics({ defaultMetrics: false }),
      queueCountMax: 2 * SENT_AT_ONCE,
      queueBytesMax: QUEUE_BYTES_MAX,
      deadlineMs: 60_000,
    });
  }

  async start(): Promise<void> {
    await this.#codec.register(TOPICS.webhookReceived);
    await this.#producer.start();
  }

  /** Creates a topic with as many partitions as that of webhooks, for contenders that must not read that one. */
  async createTopic(name: string): Promise<void> {
    const { partitions } = TOPICS.webhookReceived;
    await ensureTopics(this.#kafka, [{ name, partitions, config: {} }], {
      replicationFactor: 1,
      minInSyncReplicas: 1,
    });
  }

  async put(deliveries: readonly Delivery[], topic: string = TOPICS.webhookReceived.name): Promise<void> {
    for (let from = 0; from < deliveries.length; from += SENT_AT_ONCE) {
      const some = deliveries.slice(from, from + SENT_AT_ONCE);
      await Promise.all(some.map((delivery) => this.#putOne(delivery, topic)));
    }
  }

  async close(): Promise<void> {
    await this.#producer.close();
  }

  #putOne(delivery: Delivery, topic: string) {
    const { webhookId, provider, eventType, receivedAt, key, body } = delivery;
    const context = { webhookId, provider, eventType, source: 'gateway', receivedAt };
    const value: WebhookReceived = { ...context, sealedBody: this.#keyring.seal(context, body) };
    return this.#producer.send({ topic, key, value: this.#codec.encode(TOPICS.webhookReceived, value) });
  }
}
