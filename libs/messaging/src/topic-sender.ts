import { setImmediate } from 'node:timers/promises';
import { retryDelayMs, sleep } from '@payments/runtime';
import { BACK_OFF, PartitionRetries } from './partition-retries.js';
import { partitionOf } from './partitioner.js';
import type { ProduceClient, ProduceResult } from './produce-client.js';
import { isForContent, isRetriable, NoAnswerError, partsToBlame } from './produce-error.js';
import type { ProducerEvents } from './producer-events.js';
import { ProducerClosedError, SendDeadlineError, SendRefusedError } from './send-errors.js';
import { type BatchLimits, type PartitionBatch, type Pending, SendQueue } from './send-queue.js';
import { within } from './within.js';

/** Receives the outcomes of records. */
export interface SendOutcomes {
  acknowledged(pending: Pending, offset: bigint): void;
  /** The sender gets `error`; the record may still be in flight. */
  failed(pending: Pending, error: Error): void;
  /** The record is out of the producer's hands. */
  released(pending: Pending): void;
  sending(): void;
}

export interface TopicSenderOptions {
  readonly topic: string;
  /** Exclusive to this topic: a broker answers the requests of a connection in sequence. */
  readonly client: ProduceClient;
  readonly limits: BatchLimits;
  readonly events: ProducerEvents;
  readonly outcomes: SendOutcomes;
}

const LOCATE_AGAIN_MS = 500;
const TOGETHER_MS_MAX = 2_000;
const DISCONNECT_MS_MAX = 2_000;

/**
 * Sends the records of one topic. Healthy partitions share one request in flight per leader, so that a leader that
 * hangs delays its own partitions only; a partition whose last request failed gets requests of its own. No partition
 * ever has two requests in flight, which keeps its order.
 */
export class TopicSender {
  readonly #options: TopicSenderOptions;
  readonly #queue = new SendQueue();
  readonly #retries = new PartitionRetries();
  readonly #inFlight = new Set<PartitionBatch>();
  #scheduled = false;
  /** Leaders with a request in flight for healthy partitions; undefined stands for unknown leaders. */
  readonly #busyLeaders = new Set<number | undefined>();
  #timer: NodeJS.Timeout | undefined;
  #closed = false;

  constructor(options: TopicSenderOptions) {
    this.#options = options;
  }

  enqueue(pending: Pending): void {
    const { topic } = this.#options;
    const { message } = pending;
    const partitions = this.#queue.partitionsOf(topic);
    if (partitions !== undefined) {
      message.partition ??= partitionOf(message.key, partitions);
      if (message.partition >= partitions) {
        const there = `${topic} has ${partitions} partitions and none with number ${message.partition}`;
        this.#refuse(pending, new RangeError(there));
        return;
      }
    }
    const first = partitions === undefined && !this.#queue.awaits(topic);
    if (this.#queue.push(pending)) this.#wake();
    else if (first) void this.#locate();
  }

  /** Fails the records past their deadline at `now`. */
  sweep(now: number, overdue: () => Error): void {
    for (const pending of this.#queue.takeOverdue(now)) this.#refuse(pending, overdue());
    for (const pending of this.#onTheirWay()) {
      if (pending.deadlineAt <= now) this.#options.outcomes.failed(pending, overdue());
    }
    for (const pending of this.#retries.takeSettled()) this.#options.outcomes.released(pending);
  }

  /** Stops sending and fails what is left. */
  async close(): Promise<void> {
    this.#closed = true;
    clearTimeout(this.#timer);
    for (const pending of this.#onTheirWay()) {
      this.#options.outcomes.failed(pending, new SendDeadlineError('closed without an answer'));
    }
    for (const pending of this.#retries.takeSettled()) this.#options.outcomes.released(pending);
    for (const pending of this.#queue.takeOverdue(Number.POSITIVE_INFINITY)) {
      this.#refuse(pending, new ProducerClosedError('the producer was closed'));
    }
    await within(DISCONNECT_MS_MAX, this.#options.client.close());
  }

  /** Connects and fetches the topic's partition count, until it is known or no record waits for it. */
  async #locate(): Promise<void> {
    const { topic, client, events } = this.#options;
    while (this.#queue.awaits(topic)) {
      try {
        const partitions = await client.countPartitions(topic);
        // Fetched twice, if no record waited for the first answer at its end.
        if (this.#queue.partitionsOf(topic) !== undefined) return;
        for (const pending of this.#queue.place(topic, partitions)) this.enqueue(pending);
      } catch (error) {
        events.notLocated(topic, error);
        await sleep(LOCATE_AGAIN_MS);
      }
    }
  }

  #wake(): void {
    if (this.#scheduled || this.#closed) return;
    this.#scheduled = true;
    void this.#pump();
  }

  async #pump(): Promise<void> {
    // Lets everything that is sent in this turn of the event loop share the request.
    await setImmediate();
    this.#scheduled = false;
    if (this.#closed) return;
    const now = performance.now();
    for (const partition of this.#retries.due(now)) this.#sendAlone(partition);
    const batches = this.#queue.take(this.#options.limits, (partition) => this.#isHeldBack(partition));
    for (const [leader, led] of Map.groupBy(batches, ({ partition }) => this.#leaderOf(partition))) {
      this.#busyLeaders.add(leader);
      void this.#send(led).then(() => {
        this.#busyLeaders.delete(leader);
        this.#wake();
      });
    }
    this.#wakeLater(now);
  }

  #isHeldBack(partition: number): boolean {
    // The request in flight went to the leader at that time, which may have changed.
    const isOnItsWay = () => [...this.#inFlight].some((batch) => batch.partition === partition);
    return this.#retries.has(partition) || this.#busyLeaders.has(this.#leaderOf(partition)) || isOnItsWay();
  }

  #leaderOf(partition: number): number | undefined {
    return this.#options.client.leaderOf(this.#options.topic, partition);
  }

  #sendAlone(partition: number): void {
    const part = this.#retries.takePart(partition);
    const others = (number: number): boolean => number !== partition;
    const batches = part === undefined ? this.#queue.take(this.#options.limits, others) : [part];
    // Stays apart: its next record probes it.
    if (batches.length === 0) return;
    this.#retries.begin(partition);
    void this.#send(batches).then(() => this.#wake());
  }

  /** A partition due before `now` with nothing to send is woken by its next record. */
  #wakeLater(now: number): void {
    clearTimeout(this.#timer);
    const dueAt = this.#retries.nextDueAfter(now);
    if (dueAt !== undefined) this.#timer = setTimeout(() => this.#wake(), dueAt - now);
  }

  async #send(batches: readonly PartitionBatch[]): Promise<void> {
    const { topic, events, outcomes } = this.#options;
    const startedAt = performance.now();
    for (const batch of batches) this.#inFlight.add(batch);
    outcomes.sending();
    const { firstOffsets, failure } = await this.#produce(batches, startedAt);
    const stored = batches.filter((_, at) => firstOffsets[at] !== undefined);
    const missing = batches.filter((_, at) => firstOffsets[at] === undefined);
    if (stored.length > 0) events.sent(stored, startedAt);
    for (const [at, batch] of batches.entries()) this.#acknowledge(batch, firstOffsets[at]);
    if (missing.length > 0 && failure !== undefined) this.#blame(missing, failure);
    // Clients were seen to resolve although a partition was never sent: what the result does not name is retried.
    else
      for (const batch of missing) {
        events.uncovered(topic, batch.partition, batch.records.length);
        this.#retries.failed(batch, performance.now());
      }
    for (const batch of batches) this.#inFlight.delete(batch);
    for (const pending of this.#retries.takeSettled()) outcomes.released(pending);
  }

  /**
   * A lost connection says nothing about the partitions: those sent together are retried together, for a while. As
   * soon as one of them is stored, the others are retried separately.
   */
  async #produce(batches: readonly PartitionBatch[], startedAt: number): Promise<ProduceResult> {
    for (let attempt = 1; ; attempt += 1) {
      const result = await this.#options.client.produce(batches);
      const isLost =
        result.failure instanceof NoAnswerError &&
        result.firstOffsets.every((offset) => offset === undefined);
      const isLate = performance.now() - startedAt > TOGETHER_MS_MAX;
      if (!isLost || isLate || this.#closed || batches.length === 1) return result;
      this.#options.events.notSent(batches, result.failure);
      await sleep(retryDelayMs(attempt, BACK_OFF));
    }
  }

  #acknowledge({ partition, records }: PartitionBatch, firstOffset: bigint | undefined): void {
    if (firstOffset === undefined) return;
    const { outcomes } = this.#options;
    for (const [index, pending] of records.entries()) {
      outcomes.acknowledged(pending, firstOffset + BigInt(index));
      outcomes.released(pending);
    }
    this.#retries.succeeded(partition);
  }

  #blame(batches: readonly PartitionBatch[], cause: unknown): void {
    const { topic, events } = this.#options;
    if (isRetriable(cause)) {
      events.notSent(batches, cause);
      for (const batch of batches) this.#retries.failed(batch, performance.now());
      return;
    }
    events.refused(batches, cause);
    const parts = partsToBlame(batches, cause);
    if (parts !== undefined) {
      // Either parts of one partition, or one part of each.
      if (batches.length === 1) this.#retries.split(parts);
      else for (const part of parts) this.#retries.split([part]);
      return;
    }
    for (const { partition, records } of batches) {
      for (const pending of records) {
        const refusal = { cause, isForContent: isForContent(cause) };
        this.#refuse(pending, new SendRefusedError(`the broker refused a record for ${topic}`, refusal));
      }
      this.#retries.succeeded(partition);
    }
  }

  #refuse(pending: Pending, error: Error): void {
    this.#options.outcomes.failed(pending, error);
    this.#options.outcomes.released(pending);
  }

  *#onTheirWay(): Generator<Pending> {
    for (const { records } of this.#inFlight) yield* records;
    yield* this.#retries.waiting();
  }
}
