import { type Logger, type Metrics, retryDelayMs } from '@payments/runtime';
import kafkajs, { type Consumer, type EachBatchPayload } from 'kafkajs';
import { BatchLease } from './batch-lease.js';
import { type KafkaConnection, RETRY } from './connection.js';
import type { ConsumedBatch } from './consumed-batch.js';
import { ConsumerEvents } from './consumer-events.js';
import { Heartbeat } from './heartbeat.js';
import { LagWatch } from './lag-watch.js';
import { keyOf, PartitionHolds, type TopicPartition } from './partition-holds.js';
import { within } from './within.js';

export interface ConsumerOptions {
  readonly kafka: KafkaConnection;
  readonly groupId: string;
  readonly topics: readonly string[];
  /**
   * Works through a batch and resolves what it finished. Batches of different partitions run side by side,
   * those of one partition never. If it throws, or returns without having resolved everything, the rest is
   * delivered again after a moment, unless its partition is paused. Once `batch.signal` is aborted it should
   * come to an end.
   */
  readonly onBatch: (batch: ConsumedBatch) => Promise<void>;
  /** kafkajs gave up for good and consumes no more: exit, so that a supervisor starts a new process. */
  readonly onCrash: (error: Error) => void;
  /** Partitions that are worked on at once (default 4), besides those held apart because their batch takes long. */
  readonly partitionsConcurrently?: number;
  readonly logger: Logger;
  readonly metrics: Metrics;
  readonly sessionTimeoutMs?: number;
  /** How often the brokers are asked for the lag (default 10 s). */
  readonly lagRefreshMs?: number;
}

export interface RunningConsumer {
  /** Stops fetching these partitions until `resume`, over every rebalance and restart in between. */
  pause(partitions: readonly TopicPartition[]): void;
  resume(partitions: readonly TopicPartition[]): void;
  /** What this member owns. */
  assignment(): readonly TopicPartition[];
  /** Aborts the batches under way, waits for their handlers, commits and leaves the group; within 20 s. */
  close(): Promise<void>;
}

const SESSION_TIMEOUT_MS = 10_000;
const HEARTBEAT_INTERVAL_MS = 2_000;
const LAG_REFRESH_MS = 10_000;
const AUTO_COMMIT_INTERVAL_MS = 1_000;
/** A fetch waits so long for a first record; it ends at once when there is one. */
const FETCH_WAIT_MS = 250;
/**
 * kafkajs fetches nothing before all batches of a fetch are done: a slower one is held apart, and the others are
 * fetched meanwhile. From a backlog each takes longer, so that the next ones are there when these are committed.
 */
const APART_AFTER_MS = 100;
const REDELIVERY = { baseMs: 200, capMs: 10_000 };
const HANDLERS_END_MS_MAX = 12_000;
const LEAVE_MS_MAX = 5_000;

/**
 * Joins the group and consumes until closed. Only what handlers resolved is ever committed. While a handler
 * works, heartbeats go on, so that a batch may take longer than the session time-out, and other partitions
 * are fetched meanwhile.
 */
export async function startConsumer(options: ConsumerOptions): Promise<RunningConsumer> {
  const over = new AbortController();
  const consumer = options.kafka.until(over.signal).consumer({
    groupId: options.groupId,
    sessionTimeout: options.sessionTimeoutMs ?? SESSION_TIMEOUT_MS,
    heartbeatInterval: Math.min(HEARTBEAT_INTERVAL_MS, (options.sessionTimeoutMs ?? SESSION_TIMEOUT_MS) / 3),
    maxWaitTimeInMs: FETCH_WAIT_MS,
    allowAutoTopicCreation: false,
    // Given here too: kafkajs puts 5 retries over those of the connection.
    retry: RETRY,
  });
  const loop = new ConsumerLoop(consumer, options, over);
  await loop.start();
  return loop;
}

class ConsumerLoop implements RunningConsumer {
  readonly #consumer: Consumer;
  readonly #options: ConsumerOptions;
  /** Aborted once the consumer has left, or was given up. */
  readonly #over: AbortController;
  readonly #events: ConsumerEvents;
  readonly #holds: PartitionHolds;
  readonly #heartbeat: Heartbeat;
  readonly #lag: LagWatch;
  readonly #stopping = new AbortController();
  readonly #leases = new Set<BatchLease>();
  /** The handler that runs, or ran last, in each partition. */
  readonly #handlers = new Map<string, Promise<void>>();
  readonly #failuresInARow = new Map<string, number>();
  #assigned: readonly TopicPartition[] = [];
  #latest: EachBatchPayload | undefined;

  constructor(consumer: Consumer, options: ConsumerOptions, over: AbortController) {
    this.#consumer = consumer;
    this.#options = options;
    this.#over = over;
    this.#events = new ConsumerEvents(options.logger, options.metrics, options.groupId);
    this.#holds = new PartitionHolds(consumer);
    this.#lag = new LagWatch({
      kafka: options.kafka,
      groupId: options.groupId,
      everyMs: options.lagRefreshMs ?? LAG_REFRESH_MS,
      onLag: (topic, partition, lag) => this.#events.lags(topic, partition, lag),
      onFailure: (error) => this.#events.lagUnknown(error),
    });
    this.#heartbeat = new Heartbeat({
      intervalMs: HEARTBEAT_INTERVAL_MS / 2,
      beat: async () => {
        await this.#latest?.heartbeat();
        await this.#latest?.commitOffsetsIfNecessary();
      },
      silenceMsMax: (options.sessionTimeoutMs ?? SESSION_TIMEOUT_MS) - HEARTBEAT_INTERVAL_MS,
      onLost: (error) => this.#loseLeases(error),
    });
  }

  async start(): Promise<void> {
    const { CRASH, GROUP_JOIN, REBALANCING } = this.#consumer.events;
    this.#consumer.on(CRASH, ({ payload: { error, restart } }) => {
      this.#loseLeases(error);
      this.#events.crashed(error, restart);
      if (!restart && !this.#stopping.signal.aborted) this.#options.onCrash(error);
    });
    this.#consumer.on(REBALANCING, () => this.#loseLeases(new Error('the group is rebalanced')));
    this.#consumer.on(GROUP_JOIN, ({ payload: { memberAssignment } }) => {
      // A batch fetched by the generation before may belong to another member now.
      this.#loseLeases(new Error('the group was joined again'));
      this.#assigned = Object.entries(memberAssignment).flatMap(([topic, partitions]) =>
        partitions.map((partition) => ({ topic, partition })),
      );
      this.#events.joined(this.#assigned);
      this.#lag.assign(this.#assigned);
      this.#holds.applyAgain();
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
    for (const one of partitions) this.#holds.pause(one);
  }

  resume(partitions: readonly TopicPartition[]): void {
    for (const one of partitions) this.#holds.resume(one);
  }

  assignment(): readonly TopicPartition[] {
    return this.#assigned;
  }

  async close(): Promise<void> {
    this.#stopping.abort(new Error('the consumer stops'));
    if (!(await within(HANDLERS_END_MS_MAX, Promise.all(this.#handlers.values())))) {
      this.#events.notClosedInTime('a batch handler');
      this.#loseLeases(new Error('the consumer stopped'));
    }
    this.#heartbeat.stop();
    const [left] = await Promise.all([within(LEAVE_MS_MAX, this.#consumer.disconnect()), this.#lag.close()]);
    if (!left) this.#events.notClosedInTime('leaving the group');
    this.#over.abort();
  }

  async #eachBatch(payload: EachBatchPayload): Promise<void> {
    const { topic, partition, highWatermark } = payload.batch;
    const one = { topic, partition };
    if (this.#stopping.signal.aborted || payload.isStale() || this.#holds.isPaused(one)) return;
    const tellLag = (next: bigint): void => this.#lag.tell(one, next, BigInt(highWatermark));
    const lease = new BatchLease(payload, this.#stopping.signal, tellLag);
    tellLag(BigInt(lease.batch.records[0]?.offset ?? highWatermark));
    this.#keepAlive(payload, lease);
    const handled = this.#handle(lease);
    if (await within(APART_AFTER_MS, Promise.race([handled, lease.whenLost]))) {
      // kafkajs joins the group again when it sees the error that a heartbeat brought.
      if (lease.lostTo instanceof kafkajs.KafkaJSError) throw lease.lostTo;
      return;
    }
    this.#holds.hold(lease);
    void handled.then(() => this.#finishApart(lease));
  }

  #keepAlive(payload: EachBatchPayload, lease: BatchLease): void {
    this.#leases.add(lease);
    // The latest: those from before a restart of kafkajs speak for a member that is gone.
    this.#latest = payload;
    this.#heartbeat.start();
  }

  /** Settles when the handler has ended, and never rejects. */
  #handle(lease: BatchLease): Promise<void> {
    const key = keyOf(lease);
    // A handler that lost its partition may still be at work when the partition comes back.
    const earlier = this.#handlers.get(key) ?? Promise.resolve();
    const handled = earlier.then(async () => {
      const failure = await this.#runHandler(lease);
      this.#leases.delete(lease);
      if (this.#leases.size === 0) this.#heartbeat.stop();
      if (lease.finished) this.#failuresInARow.delete(key);
      else if (!lease.batch.signal.aborted && !this.#holds.isPaused(lease)) this.#redeliver(lease, failure);
    });
    this.#handlers.set(key, handled);
    return handled;
  }

  async #runHandler({ batch }: BatchLease): Promise<unknown> {
    if (batch.signal.aborted) return undefined;
    try {
      await this.#options.onBatch(batch);
      return undefined;
    } catch (error) {
      return error;
    }
  }

  /** kafkajs would fetch what is not resolved again at once. */
  #redeliver(lease: BatchLease, failure: unknown): void {
    const key = keyOf(lease);
    const failures = lease.progressed ? 1 : (this.#failuresInARow.get(key) ?? 0) + 1;
    this.#failuresInARow.set(key, failures);
    const delayMs = retryDelayMs(failures, REDELIVERY);
    this.#events.handlerFailed(lease, failure, delayMs);
    lease.waitsForRedelivery = true;
    this.#holds.hold(lease);
    setTimeout(() => this.#holds.release(lease), delayMs).unref();
  }

  /** What kafkajs does after a batch, for one that it no longer waits for. */
  async #finishApart(lease: BatchLease): Promise<void> {
    try {
      await lease.commit();
    } catch (error) {
      this.#events.commitFailed(lease, error);
    }
    if (!lease.waitsForRedelivery) this.#holds.release(lease);
  }

  #loseLeases(reason: unknown): void {
    const held = [...this.#leases].filter(({ lost }) => !lost);
    if (held.length > 0) this.#events.membershipLost(reason, held.length);
    for (const lease of held) lease.lose(reason);
  }
}
