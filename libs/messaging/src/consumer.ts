import type { Logger, Metrics } from '@payments/runtime';
import type { Consumer, EachBatchPayload } from 'kafkajs';
import { type KafkaConnection, RETRY } from './connection.js';
import { type ConsumedBatch, recordsOf } from './consumed-batch.js';
import { ConsumerEvents } from './consumer-events.js';

export interface TopicPartition {
  readonly topic: string;
  readonly partition: number;
}

export interface ConsumerOptions {
  readonly kafka: KafkaConnection;
  readonly groupId: string;
  readonly topics: readonly string[];
  /**
   * Works through a batch and resolves what it finished. Batches of different partitions run side by side,
   * those of one partition never. If it throws, the batch is delivered again from the first unresolved record.
   */
  readonly onBatch: (batch: ConsumedBatch) => Promise<void>;
  /** kafkajs gave up for good and consumes no more: exit, so that a supervisor starts a new process. */
  readonly onCrash: (error: Error) => void;
  readonly partitionsConcurrently?: number;
  readonly logger: Logger;
  readonly metrics: Metrics;
  readonly sessionTimeoutMs?: number;
}

export interface RunningConsumer {
  /** Stops fetching these partitions until `resume`, over every rebalance in between. */
  pause(partitions: readonly TopicPartition[]): void;
  resume(partitions: readonly TopicPartition[]): void;
  /** What this member owns. */
  assignment(): readonly TopicPartition[];
  /** Aborts the batches under way, waits for their handlers, commits and leaves the group. */
  close(): Promise<void>;
}

const SESSION_TIMEOUT_MS = 10_000;
const HEARTBEAT_INTERVAL_MS = 2_000;
const AUTO_COMMIT_INTERVAL_MS = 1_000;
/** A fetch waits so long for a first record; it ends at once when there is one. */
const FETCH_WAIT_MS = 500;

/**
 * Joins the group and consumes until closed. Only what handlers resolved is ever committed. While a handler
 * works, heartbeats go on, so that a batch may take longer than the session time-out.
 */
export async function startConsumer(options: ConsumerOptions): Promise<RunningConsumer> {
  const consumer = options.kafka.consumer({
    groupId: options.groupId,
    sessionTimeout: options.sessionTimeoutMs ?? SESSION_TIMEOUT_MS,
    heartbeatInterval: HEARTBEAT_INTERVAL_MS,
    maxWaitTimeInMs: FETCH_WAIT_MS,
    allowAutoTopicCreation: false,
    // `true` would let kafkajs restart by itself what it calls retriable; anything else has to end the process.
    retry: { ...RETRY, restartOnFailure: async () => true },
  });
  const loop = new ConsumerLoop(consumer, options);
  await loop.start();
  return loop;
}

class ConsumerLoop implements RunningConsumer {
  readonly #consumer: Consumer;
  readonly #options: ConsumerOptions;
  readonly #events: ConsumerEvents;
  readonly #stopping = new AbortController();
  readonly #paused = new Map<string, TopicPartition>();
  #assigned: readonly TopicPartition[] = [];

  constructor(consumer: Consumer, options: ConsumerOptions) {
    this.#consumer = consumer;
    this.#options = options;
    this.#events = new ConsumerEvents(options.logger, options.metrics, options.groupId);
  }

  async start(): Promise<void> {
    const { CRASH, GROUP_JOIN } = this.#consumer.events;
    this.#consumer.on(CRASH, ({ payload: { error, restart } }) => {
      this.#events.crashed(error, restart);
      if (!restart && !this.#stopping.signal.aborted) this.#options.onCrash(error);
    });
    this.#consumer.on(GROUP_JOIN, ({ payload: { memberAssignment } }) => {
      this.#assigned = Object.entries(memberAssignment).flatMap(([topic, partitions]) =>
        partitions.map((partition) => ({ topic, partition })),
      );
      this.#events.joined(this.#assigned);
      this.#applyPauses();
    });
    await this.#consumer.connect();
    // From the beginning: records written before the group's first join would be skipped otherwise.
    await this.#consumer.subscribe({ topics: [...this.#options.topics], fromBeginning: true });
    await this.#consumer.run({
      autoCommitInterval: AUTO_COMMIT_INTERVAL_MS,
      eachBatchAutoResolve: false,
      partitionsConsumedConcurrently: this.#options.partitionsConcurrently ?? 4,
      eachBatch: (payload) => this.#eachBatch(payload),
    });
  }

  pause(partitions: readonly TopicPartition[]): void {
    for (const one of partitions) this.#paused.set(`${one.topic}/${one.partition}`, one);
    this.#applyPauses();
  }

  resume(partitions: readonly TopicPartition[]): void {
    for (const { topic, partition } of partitions) {
      if (this.#paused.delete(`${topic}/${partition}`))
        this.#consumer.resume([{ topic, partitions: [partition] }]);
    }
  }

  assignment(): readonly TopicPartition[] {
    return this.#assigned;
  }

  async close(): Promise<void> {
    this.#stopping.abort(new Error('the consumer stops'));
    await this.#consumer.disconnect();
  }

  /** kafkajs forgets pauses when it joins again. */
  #applyPauses(): void {
    for (const { topic, partition } of this.#paused.values()) {
      this.#consumer.pause([{ topic, partitions: [partition] }]);
    }
  }

  async #eachBatch(payload: EachBatchPayload): Promise<void> {
    if (payload.isStale() || !payload.isRunning()) return;
    const lost = new AbortController();
    const signal = AbortSignal.any([this.#stopping.signal, lost.signal]);
    const stopHeartbeats = this.#keepAlive(payload, lost);
    const { topic, partition, highWatermark } = payload.batch;
    try {
      await this.#options.onBatch({
        topic,
        partition,
        records: recordsOf(payload),
        highWatermark: BigInt(highWatermark),
        signal,
        isStale: () => signal.aborted || payload.isStale() || !payload.isRunning(),
        resolve: (offset) => {
          if (lost.signal.aborted) return;
          payload.resolveOffset(offset.toString());
          this.#events.resolved(topic, partition, BigInt(highWatermark) - offset - 1n);
        },
      });
    } finally {
      await stopHeartbeats();
    }
    // kafkajs rejoins the group when it sees the error that a heartbeat brought.
    lost.signal.throwIfAborted();
  }

  /** Heartbeats, and commits what is resolved, while a handler works. @returns a function that stops it. */
  #keepAlive(payload: EachBatchPayload, lost: AbortController): () => Promise<void> {
    let beating: Promise<void> | undefined;
    const beat = async (): Promise<void> => {
      try {
        await payload.heartbeat();
        await payload.commitOffsetsIfNecessary();
      } catch (error) {
        this.#events.membershipLost(payload.batch.topic, payload.batch.partition, error);
        lost.abort(error);
      }
    };
    const timer = setInterval(() => {
      if (lost.signal.aborted) return;
      beating ??= beat().finally(() => {
        beating = undefined;
      });
    }, HEARTBEAT_INTERVAL_MS);
    return async () => {
      clearInterval(timer);
      await beating;
    };
  }
}
