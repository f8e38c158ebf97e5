import type { KafkaOptions } from '@payments/runtime';
import { ProduceAcks } from '@platformatic/kafka';
import { LedProducer } from './led-producer.js';
import { NoAnswerError, type StoredAt, storedDespite, wasAnswered, wasUnanswered } from './produce-error.js';
import type { PartitionBatch, SendHeaders } from './send-queue.js';

export interface ProduceClientOptions extends KafkaOptions {
  /** Names this process in the broker's logs and quotas. */
  readonly clientId: string;
}

/** What became of one request. */
export interface ProduceResult {
  /** Of the first record of each batch; undefined for one that no reply names as stored. */
  readonly firstOffsets: readonly (bigint | undefined)[];
  /** Why not all are stored, if anything was said. NoAnswerError: by no broker, and they may be stored. */
  readonly failure?: unknown;
}

const CONNECT_MS_MAX = 1_000;
/** More, to sign in: several replies of a broker, which takes its time for each when it has just started. */
const SIGN_IN_MS_MAX = 2_000;
const REQUEST_MS_MAX = 10_000;
/** Who leads is asked anew after so long; and after every failure. */
const METADATA_MS_MAX = 300_000;

/**
 * Writes batches to Kafka: one attempt each, numbered by nobody, to partitions that the caller chose
 * (docs/adr/0013). A client that no broker told about the cluster is not used again, and the next one asks another
 * broker first: one that takes connections and answers nothing would be asked forever.
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

  /** Resolves when a broker answered. */
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

  /** The broker that led the partition when it was last heard who does; undefined before that. */
  leaderOf(topic: string, partition: number): number | undefined {
    const known = this.#client?.currentMetadata?.topics.get(topic)?.partitions;
    if (known !== undefined) this.#leaders.set(topic, known);
    return this.#leaders.get(topic)?.[partition]?.leader;
  }

  /** Resolves once all in-sync replicas of every partition that the result has an offset of have its records. */
  async produce(batches: readonly PartitionBatch[]): Promise<ProduceResult> {
    try {
      const messages = batches.flatMap(messagesOf);
      const { offsets } = await this.#using((client) => client.send({ acks: ProduceAcks.ALL, messages }));
      return { firstOffsets: firstOffsetsOf(batches, offsets ?? []) };
    } catch (failure) {
      return { firstOffsets: firstOffsetsOf(batches, storedDespite(failure)), failure };
    }
  }

  /** What is on its way fails. */
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
      // Of a client that was discarded meanwhile, whatever went wrong is a consequence of that.
      const isUseless = client !== this.#client || !wasAnswered(cause);
      if (isUseless) this.#discard(client);
      else this.#askForLeaders(client);
      if (isUseless || wasUnanswered(cause)) throw new NoAnswerError('no broker answered', { cause });
      throw cause;
    }
  }

  /** What is sent meanwhile goes by what was known: the broker that is asked may be the one that hangs. */
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
    // Its other requests fail with it, and are sent again.
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
