import { setImmediate } from 'node:timers/promises';
import { type Logger, type Metrics, sleep } from '@payments/runtime';
import type { IHeaders, Producer } from 'kafkajs';
import type { KafkaConnection } from './connection.js';
import { partsToBlame } from './isolate.js';
import { partitionOf } from './partitioner.js';
import { createProducer, produce } from './produce-request.js';
import { ProducerEvents } from './producer-events.js';
import { sizeOf } from './record-size.js';
import { SendBounds } from './send-bounds.js';
import { ProducerClosedError, SendDeadlineError, SendRefusedError } from './send-errors.js';
import { type PartitionBatch, type Pending, type RecordPosition, SendQueue } from './send-queue.js';
import { countPartitions } from './topics.js';
import { orAborted, within } from './within.js';

export interface OutgoingRecord {
  readonly topic: string;
  /** Chooses the partition, and so what the record stays in order with. */
  readonly key: string | Buffer;
  readonly value: Buffer | null;
  readonly headers?: Readonly<Record<string, string | Buffer>>;
  /** Instead of the one that the key chooses. */
  readonly partition?: number;
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
/** kafkajs copies what it has grouped so far for each record of a partition: its work grows with the square. */
const BATCH_COUNT_MAX = 500;
/** Encoded in one go by kafkajs: more would hold up everything else in the process. */
const REQUEST_BYTES_MAX = 4 * 1024 * 1024;
const DEADLINE_SWEEP_MS = 100;
const LOCATE_AGAIN_MS = 500;
const UNCOVERED_AGAIN_MS = 50;
const DISCONNECT_MS_MAX = 2_000;

/**
 * Sends records with one outstanding request that carries all that queued meanwhile. kafkajs loses
 * acknowledged records when requests overlap or when a leader moves within one (docs/adr/0002): hence one at
 * a time, not idempotent, own partitioning, and no acknowledgement for a partition that the result did not
 * name. Records may be stored twice, are never acknowledged without being stored, and keep their order per key.
 */
export class BatchingProducer {
  readonly #options: BatchingProducerOptions;
  readonly #producer: Producer;
  readonly #events: ProducerEvents;
  readonly #bounds: SendBounds;
  readonly #queue = new SendQueue();
  /** Sent one by one before anything that is queued: uncovered or refused together with others. */
  readonly #again: PartitionBatch[] = [];
  #inFlight: readonly PartitionBatch[] = [];
  /** Senders that wait. */
  #unsettled = 0;
  #state: 'new' | 'started' | 'closed' = 'new';
  #running = false;
  #sendingSince: number | undefined;
  #sweeper: NodeJS.Timeout | undefined;
  #onSettled: (() => void) | undefined;

  constructor(options: BatchingProducerOptions) {
    this.#options = options;
    this.#producer = createProducer(options.kafka);
    this.#bounds = new SendBounds(options);
    this.#events = new ProducerEvents(options.logger, options.metrics, () => this.queued);
  }

  /** What waits for the broker, on its way included. */
  get queued(): { readonly count: number; readonly bytes: number } {
    return this.#bounds.held;
  }

  /** Milliseconds since the outstanding send began; 0 when there is none. Long means: no broker answers. */
  get stalledMs(): number {
    return this.#sendingSince === undefined ? 0 : performance.now() - this.#sendingSince;
  }

  /** Connects: resolves when a broker answers, rejects when `signal` aborts before. */
  async start(signal?: AbortSignal): Promise<void> {
    await orAborted(this.#producer.connect(), signal);
    this.#state = 'started';
    this.#sweeper = setInterval(() => this.#sweep(), DEADLINE_SWEEP_MS);
    this.#sweeper.unref();
  }

  /**
   * Resolves once all in-sync replicas have the record.
   *
   * @throws QueueFullError, RecordTooLargeError, SendRefusedError, ProducerClosedError: not stored.
   * @throws SendDeadlineError: unknown, may be stored.
   */
  send(record: OutgoingRecord): Promise<RecordPosition> {
    const { topic, value, headers, partition } = record;
    const key = typeof record.key === 'string' ? Buffer.from(record.key) : record.key;
    const bytes = sizeOf(key, value, headers);
    const refusal = this.#refusal(topic, bytes);
    if (refusal !== undefined) return Promise.reject(refusal);
    return new Promise((resolve, reject) => {
      this.#bounds.add(bytes);
      this.#unsettled += 1;
      const deadlineAt = performance.now() + this.#options.deadlineMs;
      const message = {
        key,
        value,
        headers: headers as IHeaders,
        ...(partition !== undefined && { partition }),
      };
      this.#enqueue({ topic, message, bytes, deadlineAt, resolve, reject, settled: false });
    });
  }

  /**
   * Takes nothing more and sends what waits; each record's deadline holds. What is left when `signal` aborts
   * is rejected: SendDeadlineError if it was on its way, ProducerClosedError if not.
   */
  async close(signal?: AbortSignal): Promise<void> {
    this.#state = 'closed';
    await this.#settledOr(signal);
    clearInterval(this.#sweeper);
    for (const { records } of [...this.#inFlight, ...this.#again]) {
      for (const pending of records) this.#fail(pending, new SendDeadlineError('closed without an answer'));
    }
    this.#again.length = 0;
    for (const pending of this.#queue.takeOverdue(Number.POSITIVE_INFINITY)) {
      this.#fail(pending, new ProducerClosedError('the producer was closed'));
      this.#release(pending);
    }
    // kafkajs waits for answers that may never come.
    await within(DISCONNECT_MS_MAX, this.#producer.disconnect());
  }

  #refusal(topic: string, bytes: number): Error | undefined {
    if (this.#state !== 'started') {
      return new ProducerClosedError(`the producer is ${this.#state === 'new' ? 'not started' : 'closed'}`);
    }
    return this.#bounds.refusal(topic, bytes);
  }

  #enqueue(pending: Pending): void {
    const { topic, message } = pending;
    const partitions = this.#queue.partitionsOf(topic);
    if (partitions !== undefined) {
      message.partition ??= partitionOf(message.key, partitions);
      if (message.partition >= partitions) {
        this.#fail(pending, new SendRefusedError(`${topic} has no partition ${message.partition}`));
        this.#release(pending);
        return;
      }
    }
    const first = partitions === undefined && !this.#queue.awaits(topic);
    if (this.#queue.push(pending)) this.#wake();
    else if (first) void this.#locate(topic);
  }

  /** Asks for the topic's partitions until they are known or nobody waits for them any more. */
  async #locate(topic: string): Promise<void> {
    while (this.#queue.awaits(topic)) {
      try {
        const partitions = await countPartitions(this.#options.kafka, topic);
        // Asked twice, if nobody waited for the first answer in the end.
        if (this.#queue.partitionsOf(topic) !== undefined) return;
        for (const pending of this.#queue.place(topic, partitions)) this.#enqueue(pending);
      } catch (error) {
        this.#events.notLocated(topic, error);
        await sleep(LOCATE_AGAIN_MS);
      }
    }
  }

  #wake(): void {
    if (this.#running) return;
    this.#running = true;
    void this.#run();
  }

  async #run(): Promise<void> {
    for (;;) {
      // Lets everything that this turn of the event loop brings into the same request.
      await setImmediate();
      const batches = this.#nextBatches();
      if (batches.length === 0) break;
      await this.#send(batches);
    }
    this.#running = false;
  }

  #nextBatches(): readonly PartitionBatch[] {
    for (let batch = this.#again.shift(); batch !== undefined; batch = this.#again.shift()) {
      const { topic, partition } = batch;
      const records = batch.records.filter((pending) => !pending.settled);
      for (const pending of batch.records) if (pending.settled) this.#release(pending);
      if (records.length > 0) return [{ topic, partition, records }];
    }
    return this.#queue.take({
      bytesMax: this.#options.batchBytesMax ?? BATCH_BYTES_MAX,
      countMax: BATCH_COUNT_MAX,
      totalBytesMax: REQUEST_BYTES_MAX,
    });
  }

  async #send(batches: readonly PartitionBatch[]): Promise<void> {
    this.#inFlight = batches;
    this.#sendingSince = performance.now();
    try {
      const firstOffsets = await produce(this.#producer, batches);
      this.#events.sent(batches, this.#sendingSince);
      await this.#acknowledge(batches, firstOffsets);
    } catch (error) {
      this.#blame(batches, error);
    }
    this.#sendingSince = undefined;
    this.#inFlight = [];
  }

  /** kafkajs may resolve although a partition was never sent: what the result does not name is sent again. */
  async #acknowledge(
    batches: readonly PartitionBatch[],
    firstOffsets: readonly (bigint | undefined)[],
  ): Promise<void> {
    const uncovered: PartitionBatch[] = [];
    for (const [at, batch] of batches.entries()) {
      const { topic, partition, records } = batch;
      const firstOffset = firstOffsets[at];
      if (firstOffset === undefined) {
        this.#events.uncovered(topic, partition, records.length);
        uncovered.push(batch);
        continue;
      }
      for (const [index, pending] of records.entries()) {
        this.#settle(pending, () => pending.resolve({ partition, offset: firstOffset + BigInt(index) }));
        this.#release(pending);
      }
    }
    if (uncovered.length === 0) return;
    // Before everything that came after them; parts that are sent one by one came before the queue.
    if (this.#again.length > 0) this.#again.unshift(...uncovered);
    else for (const batch of uncovered) this.#queue.putBack(batch);
    await sleep(UNCOVERED_AGAIN_MS);
  }

  #blame(batches: readonly PartitionBatch[], cause: unknown): void {
    this.#events.refused(batches, cause);
    const parts = partsToBlame(batches, cause);
    if (parts !== undefined) {
      this.#again.unshift(...parts);
      return;
    }
    for (const { topic, records } of batches) {
      for (const pending of records) {
        this.#fail(pending, new SendRefusedError(`the broker refused a record for ${topic}`, { cause }));
        this.#release(pending);
      }
    }
  }

  #sweep(): void {
    const now = performance.now();
    const overdue = () => new SendDeadlineError(`no acknowledgement within ${this.#options.deadlineMs} ms`);
    for (const pending of this.#queue.takeOverdue(now)) {
      this.#fail(pending, overdue());
      this.#release(pending);
    }
    for (const { records } of [...this.#inFlight, ...this.#again]) {
      for (const pending of records) if (pending.deadlineAt <= now) this.#fail(pending, overdue());
    }
  }

  #fail(pending: Pending, error: Error): void {
    this.#settle(pending, () => pending.reject(error));
  }

  #settle(pending: Pending, tell: () => void): void {
    if (pending.settled) return;
    pending.settled = true;
    this.#unsettled -= 1;
    tell();
    if (this.#unsettled === 0) this.#onSettled?.();
  }

  #release({ bytes }: Pending): void {
    this.#bounds.remove(bytes);
  }

  #settledOr(signal: AbortSignal | undefined): Promise<void> {
    return new Promise((resolve) => {
      if (this.#unsettled === 0 || signal?.aborted) return resolve();
      this.#onSettled = resolve;
      signal?.addEventListener('abort', () => resolve(), { once: true });
    });
  }
}
