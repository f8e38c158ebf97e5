import type { Logger, Metrics } from '@payments/runtime';
import type { IHeaders, Message, Producer, RecordMetadata, TopicMessages } from 'kafkajs';
import type { KafkaConnection } from './connection.js';
import { partitionOf } from './partitioner.js';
import { ProducerEvents } from './producer-events.js';
import {
  ProducerClosedError,
  QueueFullError,
  RecordTooLargeError,
  SendDeadlineError,
  SendRefusedError,
} from './send-errors.js';
import { type PartitionBatch, type Pending, type RecordPosition, SendQueue } from './send-queue.js';

export interface OutgoingRecord {
  readonly topic: string;
  /** Chooses the partition, and so what the record stays in order with. */
  readonly key: string | Buffer;
  readonly value: Buffer | null;
  readonly headers?: Readonly<Record<string, string | Buffer>>;
}

export interface BatchingProducerOptions {
  readonly kafka: KafkaConnection;
  readonly logger: Logger;
  readonly metrics: Metrics;
  /** Records held at most, on their way included; past it, QueueFullError. */
  readonly queueCountMax: number;
  readonly queueBytesMax: number;
  /** From `send` to SendDeadlineError. */
  readonly deadlineMs: number;
  /** Bytes a partition a send: the broker's limit is per record batch, and kafkajs does not split. */
  readonly batchBytesMax?: number;
}

const BATCH_BYTES_MAX = 900 * 1024;
/** The topics take record batches of 2 MiB; key, headers and framing need some of it. */
const RECORD_BYTES_MAX = 2 * 1024 * 1024 - 16 * 1024;
/** Estimate of what a record costs beside its key, value and headers. */
const RECORD_OVERHEAD_BYTES = 64;
const DEADLINE_SWEEP_MS = 100;
const ACKS_FROM_ALL_REPLICAS = -1;

/**
 * Sends records with one outstanding request that carries all that queued meanwhile. kafkajs loses
 * acknowledged records when requests overlap or when a leader moves within one (docs/adr/0002): hence one at
 * a time, not idempotent, own partitioning, and no acknowledgement for a partition that the broker did not name.
 * Records may be stored twice, never acknowledged without being stored, and keep their order per key.
 */
export class BatchingProducer {
  readonly #options: BatchingProducerOptions;
  readonly #producer: Producer;
  readonly #events: ProducerEvents;
  readonly #queue = new SendQueue();
  readonly #partitionCounts = new Map<string, number>();
  #inFlight: readonly PartitionBatch[] = [];
  #inFlightCount = 0;
  #inFlightBytes = 0;
  #running: Promise<void> | undefined;
  #sweeper: NodeJS.Timeout | undefined;
  #closed = false;

  constructor(options: BatchingProducerOptions) {
    this.#options = options;
    this.#producer = options.kafka.producer({
      idempotent: false,
      allowAutoTopicCreation: false,
      createPartitioner:
        () =>
        ({ message }) =>
          message.partition as number,
    });
    this.#events = new ProducerEvents(options.logger, options.metrics, () => this.queued);
  }

  /** What waits for the broker, on its way included. */
  get queued(): { readonly count: number; readonly bytes: number } {
    return {
      count: this.#queue.count + this.#inFlightCount,
      bytes: this.#queue.bytes + this.#inFlightBytes,
    };
  }

  async start(): Promise<void> {
    await this.#producer.connect();
    this.#sweeper = setInterval(() => this.#failOverdue(), DEADLINE_SWEEP_MS);
    this.#sweeper.unref();
  }

  /**
   * Resolves once all in-sync replicas have the record.
   *
   * @throws QueueFullError, RecordTooLargeError, SendRefusedError, ProducerClosedError: not stored.
   * @throws SendDeadlineError: unknown, may be stored.
   */
  async send(record: OutgoingRecord): Promise<RecordPosition> {
    const partitions = this.#partitionCounts.get(record.topic) ?? (await this.#countPartitions(record.topic));
    return new Promise((resolve, reject) => {
      const bytes = sizeOf(record);
      const refusal = this.#refusal(bytes);
      if (refusal !== undefined) {
        reject(refusal);
        return;
      }
      const key = typeof record.key === 'string' ? Buffer.from(record.key) : record.key;
      const partition = partitionOf(record.topic, key, partitions);
      this.#queue.push(record.topic, partition, {
        message: { key, value: record.value, partition, headers: record.headers as IHeaders },
        bytes,
        deadlineAt: performance.now() + this.#options.deadlineMs,
        resolve,
        reject,
        settled: false,
      });
      this.#wake();
    });
  }

  /** Takes nothing more and sends what waits; what is left when `signal` aborts is rejected. */
  async close(signal?: AbortSignal): Promise<void> {
    this.#closed = true;
    const aborted = new Promise<void>((resolve) => {
      if (signal?.aborted) resolve();
      signal?.addEventListener('abort', () => resolve(), { once: true });
    });
    await Promise.race([this.#running, aborted]);
    clearInterval(this.#sweeper);
    this.#settleAll((pending) => {
      pending.reject(new ProducerClosedError('the producer was closed'));
      return true;
    });
    await this.#producer.disconnect();
  }

  #refusal(bytes: number): Error | undefined {
    if (this.#closed) return new ProducerClosedError('the producer is closed');
    if (bytes > RECORD_BYTES_MAX) {
      return new RecordTooLargeError(`a record of ${bytes} bytes; ${RECORD_BYTES_MAX} is the most`);
    }
    const { count, bytes: queuedBytes } = this.queued;
    if (count >= this.#options.queueCountMax)
      return new QueueFullError(`${count} records wait for the broker`);
    if (queuedBytes + bytes > this.#options.queueBytesMax) {
      return new QueueFullError(`${queuedBytes} bytes wait for the broker`);
    }
    return undefined;
  }

  #wake(): void {
    this.#running ??= this.#run().finally(() => {
      this.#running = undefined;
    });
  }

  async #run(): Promise<void> {
    while (this.#queue.count > 0) {
      // Lets everything that this turn of the event loop brings into the same request.
      await new Promise(setImmediate);
      const batches = this.#queue.take(this.#options.batchBytesMax ?? BATCH_BYTES_MAX);
      if (batches.length > 0) await this.#send(batches);
    }
  }

  async #send(batches: readonly PartitionBatch[]): Promise<void> {
    this.#setInFlight(batches);
    const startedAt = performance.now();
    try {
      const results = await this.#producer.sendBatch({
        acks: ACKS_FROM_ALL_REPLICAS,
        topicMessages: topicMessagesOf(batches),
      });
      this.#acknowledge(batches, results);
      this.#events.sent(this.#inFlightCount, startedAt);
    } catch (cause) {
      this.#events.refused(cause);
      for (const { records } of batches) {
        for (const pending of records) {
          settle(pending, () => pending.reject(new SendRefusedError('the broker refused', { cause })));
        }
      }
    } finally {
      this.#setInFlight([]);
    }
  }

  /** kafkajs may resolve although a partition was never sent: what the result does not name is sent again. */
  #acknowledge(batches: readonly PartitionBatch[], results: readonly RecordMetadata[]): void {
    const firstOffsets = new Map(
      results
        .filter(({ errorCode }) => errorCode === 0)
        .map(({ topicName, partition, baseOffset }) => [
          `${topicName}/${partition}`,
          BigInt(baseOffset ?? '-1'),
        ]),
    );
    for (const batch of batches) {
      const { topic, partition, records } = batch;
      const firstOffset = firstOffsets.get(`${topic}/${partition}`);
      if (firstOffset === undefined) {
        this.#events.uncovered(topic, partition, records.length);
        this.#queue.putBack(batch);
        continue;
      }
      records.forEach((pending, index) => {
        settle(pending, () => pending.resolve({ partition, offset: firstOffset + BigInt(index) }));
      });
    }
  }

  #setInFlight(batches: readonly PartitionBatch[]): void {
    this.#inFlight = batches;
    this.#inFlightCount = 0;
    this.#inFlightBytes = 0;
    for (const { records } of batches) {
      this.#inFlightCount += records.length;
      for (const { bytes } of records) this.#inFlightBytes += bytes;
    }
  }

  #failOverdue(): void {
    const now = performance.now();
    this.#settleAll((pending) => {
      if (pending.deadlineAt > now) return false;
      pending.reject(new SendDeadlineError(`no acknowledgement within ${this.#options.deadlineMs} ms`));
      return true;
    });
  }

  #settleAll(end: (pending: Pending) => boolean): void {
    const ended = (pending: Pending): void => {
      if (!pending.settled) pending.settled = end(pending);
    };
    for (const { records } of this.#inFlight) records.forEach(ended);
    for (const pending of this.#queue) ended(pending);
  }

  async #countPartitions(topic: string): Promise<number> {
    const admin = this.#options.kafka.admin();
    await admin.connect();
    try {
      const { topics } = await admin.fetchTopicMetadata({ topics: [topic] });
      const count = topics[0]?.partitions.length ?? 0;
      this.#partitionCounts.set(topic, count);
      return count;
    } finally {
      await admin.disconnect();
    }
  }
}

function sizeOf({ key, value, headers }: OutgoingRecord): number {
  let bytes = RECORD_OVERHEAD_BYTES + key.length + (value?.length ?? 0);
  for (const name in headers) bytes += name.length + (headers[name]?.length ?? 0);
  return bytes;
}

function settle(pending: Pending, tell: () => void): void {
  if (pending.settled) return;
  pending.settled = true;
  tell();
}

function topicMessagesOf(batches: readonly PartitionBatch[]): TopicMessages[] {
  const byTopic = new Map<string, Message[]>();
  for (const { topic, records } of batches) {
    let messages = byTopic.get(topic);
    if (messages === undefined) {
      messages = [];
      byTopic.set(topic, messages);
    }
    for (const { message } of records) messages.push(message);
  }
  return Array.from(byTopic, ([topic, messages]) => ({ topic, messages }));
}
