import type { KafkaOptions } from '@payments/runtime';
import { ProduceAcks, Producer } from '@platformatic/kafka';
import { NoAnswerError, wasUnanswered } from './produce-error.js';
import type { PartitionBatch, SendHeaders } from './send-queue.js';

export interface ProduceClientOptions extends KafkaOptions {
  /** Names this process in the broker's logs and quotas. */
  readonly clientId: string;
}

type Client = Producer<Buffer, Buffer, Buffer, Buffer>;

const CONNECT_MS_MAX = 1_000;
const REQUEST_MS_MAX = 10_000;
/** Leaders are asked for anew after so long; and after every failure. */
const METADATA_MS_MAX = 300_000;

/**
 * Writes batches to Kafka: one attempt each, numbered by nobody, to partitions that the caller chose
 * (docs/adr/0013). A client whose request failed for want of an answer is not used again: what it knew of
 * brokers may be wrong, and the reply may still come.
 */
export class ProduceClient {
  readonly #options: ProduceClientOptions;
  #client: Client | undefined;
  #closed = false;

  constructor(options: ProduceClientOptions) {
    this.#options = options;
  }

  /** Resolves when a broker answered. */
  async connect(): Promise<void> {
    await this.#using((client) => client.connectToBrokers());
  }

  /** @throws if the topic does not exist. */
  async countPartitions(topic: string): Promise<number> {
    const { topics } = await this.#using((client) => client.metadata({ topics: [topic], forceUpdate: true }));
    const count = topics.get(topic)?.partitionsCount ?? 0;
    if (count === 0) throw new Error(`topic ${topic} has no partitions`);
    return count;
  }

  /**
   * Resolves once all in-sync replicas of every partition that the result names have its records.
   *
   * @throws NoAnswerError: the records may be stored
   * @returns the offset of the first record of each batch; undefined for one that the result does not name.
   */
  async produce(batches: readonly PartitionBatch[]): Promise<readonly (bigint | undefined)[]> {
    const { offsets = [] } = await this.#using((client) =>
      client.send({ acks: ProduceAcks.ALL, messages: batches.flatMap(messagesOf) }),
    );
    const first = new Map(offsets.map(({ topic, partition, offset }) => [`${topic}/${partition}`, offset]));
    return batches.map(({ topic, partition }) => first.get(`${topic}/${partition}`));
  }

  /** What is on its way fails. */
  async close(): Promise<void> {
    this.#closed = true;
    await this.#client?.close(true);
  }

  async #using<T>(use: (client: Client) => Promise<T>): Promise<T> {
    if (this.#closed) throw new NoAnswerError('the client is closed');
    this.#client ??= createClient(this.#options);
    const client = this.#client;
    try {
      return await use(client);
    } catch (cause) {
      // Of a client that was discarded meanwhile, whatever went wrong is a consequence of that.
      if (client === this.#client && !wasUnanswered(cause)) {
        client.clearMetadata();
        throw cause;
      }
      this.#discard(client);
      throw new NoAnswerError('no broker answered', { cause });
    }
  }

  #discard(client: Client): void {
    if (this.#client === client) this.#client = undefined;
    // Its other requests fail with it, and are sent again.
    client.close(true).catch(() => undefined);
  }
}

function createClient({ brokers, clientId, sasl, tls }: ProduceClientOptions): Client {
  return new Producer({
    clientId,
    bootstrapBrokers: [...brokers],
    ...(sasl && { sasl: { ...sasl, mechanism: SASL_MECHANISMS[sasl.mechanism] } }),
    ...(tls && { tls: { ...tls }, tlsServerName: true }),
    idempotent: false,
    autocreateTopics: false,
    repeatOnStaleMetadata: false,
    retries: 0,
    connectTimeout: CONNECT_MS_MAX,
    requestTimeout: REQUEST_MS_MAX,
    timeout: REQUEST_MS_MAX,
    metadataMaxAge: METADATA_MS_MAX,
  });
}

const SASL_MECHANISMS = {
  plain: 'PLAIN',
  'scram-sha-256': 'SCRAM-SHA-256',
  'scram-sha-512': 'SCRAM-SHA-512',
} as const satisfies Record<NonNullable<KafkaOptions['sasl']>['mechanism'], string>;

function messagesOf({ topic, partition, records }: PartitionBatch) {
  return records.map(({ message: { key, value, headers } }) => ({
    topic,
    partition,
    key,
    // A null is a tombstone: allowed by Kafka, if not by the types of the client.
    value: value as Buffer,
    ...(headers && { headers: headersOf(headers) }),
  }));
}

function headersOf(headers: SendHeaders): Map<Buffer, Buffer> {
  const bytes = (text: string | Buffer): Buffer => (typeof text === 'string' ? Buffer.from(text) : text);
  return new Map(Object.entries(headers).map(([name, value]) => [Buffer.from(name), bytes(value)]));
}
