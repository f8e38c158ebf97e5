import type { KafkaOptions } from '@payments/runtime';
import { ProduceAcks } from '@platformatic/kafka';
import { LedProducer } from './led-producer.js';
import type { BatchMessage } from './produce-api.js';
import { NoAnswerError, type StoredAt, storedDespite, wasAnswered, wasUnanswered } from './produce-error.js';
import type { PartitionBatch } from './send-queue.js';

export interface ProduceClientOptions extends KafkaOptions {
  /** Identifies this process in the broker's logs and quotas. */
  readonly clientId: string;
}

/** Outcome of one request. */
export interface ProduceResult {
  /** Offset of the first record of each batch; undefined for a batch that no reply confirms as stored. */
  readonly firstOffsets: readonly (bigint | undefined)[];
  /** Why not all batches are stored, if known. NoAnswerError: no broker replied, and they may be stored. */
  readonly failure?: unknown;
}

const CONNECT_MS_MAX = 1_000;
/** Additional time for authentication, which takes several round trips to a broker that may just have started. */
const SIGN_IN_MS_MAX = 2_000;
const REQUEST_MS_MAX = 10_000;
/** Metadata is refreshed at this interval, and after every failure. */
const METADATA_MS_MAX = 300_000;

/**
 * Writes batches to Kafka, one attempt each, non-idempotent, to partitions chosen by the caller (docs/adr/0013). A
 * client that got no metadata is discarded, and its successor starts with another broker: one that accepts
 * connections but never answers would otherwise be asked forever.
 */
export class ProduceClient {
  readonly #options: ProduceClientOptions;
  readonly #brokers: string[];
  readonly #leaders = new Map<string, Readonly<Record<number, { readonly leader: number }>>>();
  #client: LedProducer | undefined;
  #closed = false;

  constructor(options: ProduceClientOptions) {
    this.#options = options;
    this.#brokers = [...options.brokers];
  }

  /** Resolves when a broker answers. */
  async connect(): Promise<void> {
    await this.#using((client) => client.metadata({ topics: [] }));
  }

  /** @throws if the topic does not exist. */
  async countPartitions(topic: string): Promise<number> {
    const { topics } = await this.#using((client) => client.metadata({ topics: [topic], forceUpdate: true }));
    const count = topics.get(topic)?.partitionsCount ?? 0;
    if (count === 0) throw new Error(`topic ${topic} has no partitions`);
    return count;
  }

  /** The partition's leader according to the latest metadata; undefined if unknown. */
  leaderOf(topic: string, partition: number): number | undefined {
    const known = this.#client?.currentMetadata?.topics.get(topic)?.partitions;
    if (known !== undefined) this.#leaders.set(topic, known);
    return this.#leaders.get(topic)?.[partition]?.leader;
  }

  /** Resolves once all in-sync replicas have the records of every partition for which the result has an offset. */
  async produce(batches: readonly PartitionBatch[]): Promise<ProduceResult> {
    try {
      const messages = batches.map(messageOf);
      const { offsets } = await this.#using((client) => client.send({ acks: ProduceAcks.ALL, messages }));
      return { firstOffsets: firstOffsetsOf(batches, offsets ?? []) };
    } catch (failure) {
      return { firstOffsets: firstOffsetsOf(batches, storedDespite(failure)), failure };
    }
  }

  /** Requests in flight fail. */
  async close(): Promise<void> {
    this.#closed = true;
    await this.#client?.close(true);
  }

  async #using<T>(use: (client: LedProducer) => Promise<T>): Promise<T> {
    if (this.#closed) throw new NoAnswerError('the client is closed');
    this.#client ??= createClient(this.#options, this.#brokers);
    const client = this.#client;
    try {
      return await use(client);
    } catch (cause) {
      // A failure of a client that was already discarded is a consequence of that.
      const isUseless = client !== this.#client || !wasAnswered(cause);
      if (isUseless) this.#discard(client);
      else this.#askForLeaders(client);
      if (isUseless || wasUnanswered(cause)) throw new NoAnswerError('no broker answered', { cause });
      throw cause;
    }
  }

  /**
   * Requests use the previous metadata until the refresh ends: the broker that is asked may be the one that hangs.
   */
  #askForLeaders(client: LedProducer): void {
    const topics = [...(client.currentMetadata?.topics.keys() ?? [])];
    client.metadata({ topics, forceUpdate: true }).catch((error: unknown) => {
      if (!wasAnswered(error)) this.#discard(client);
    });
  }

  #discard(client: LedProducer): void {
    if (this.#client === client) {
      this.#client = undefined;
      this.#brokers.push(...this.#brokers.splice(0, 1));
    }
    // Its other requests fail with it, and are retried.
    client.close(true).catch(() => undefined);
  }
}

function firstOffsetsOf(
  batches: readonly PartitionBatch[],
  stored: readonly StoredAt[],
): readonly (bigint | undefined)[] {
  const first = new Map(stored.map(({ topic, partition, offset }) => [`${topic}/${partition}`, offset]));
  return batches.map(({ topic, partition }) => first.get(`${topic}/${partition}`));
}

function createClient(
  { clientId, sasl, tls }: ProduceClientOptions,
  brokers: readonly string[],
): LedProducer {
  return new LedProducer({
    clientId,
    bootstrapBrokers: [...brokers],
    ...(sasl && { sasl: { ...sasl, mechanism: SASL_MECHANISMS[sasl.mechanism] } }),
    ...(tls && { tls: { ...tls }, tlsServerName: true }),
    idempotent: false,
    autocreateTopics: false,
    repeatOnStaleMetadata: false,
    retries: 0,
    connectTimeout: CONNECT_MS_MAX + (sasl ? SIGN_IN_MS_MAX : 0),
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

function messageOf({ topic, partition, records }: PartitionBatch): BatchMessage {
  return { topic, partition, value: records.map(({ message }) => message) };
}
