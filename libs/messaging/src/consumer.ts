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
   * Processes a batch and resolves the records that it has finished. It runs concurrently for several partitions, but
   * never twice for one. If it throws, or returns without resolving all records, the rest is redelivered after a delay,
   * unless the partition is paused. It should return soon after `batch.signal` aborts.
   */
  readonly onBatch: (batch: ConsumedBatch) => Promise<void>;
  /** kafkajs has stopped consuming and will not restart: exit, so that a supervisor starts a new process. */
  readonly onCrash: (error: Error) => void;
  /** Partitions processed at once (default 4), besides those that were detached because their batch takes long. */
  readonly partitionsConcurrently?: number;
  readonly logger: Logger;
  readonly metrics: Metrics;
  readonly sessionTimeoutMs?: number;
  /** Interval of reading the lag from the brokers (default 10 s). */
  readonly lagRefreshMs?: number;
}

export interface RunningConsumer {
  /** Stops fetching these partitions until `resume`, also across rebalances and restarts of kafkajs. */
  pause(partitions: readonly TopicPartition[]): void;
  resume(partitions: readonly TopicPartition[]): void;
  /** The partitions assigned to this member. */
  assignment(): readonly TopicPartition[];
  /** Aborts running batches, waits for their handlers, commits and leaves the group; within 20 s. */
  close(): Promise<void>;
}

const SESSION_TIMEOUT_MS = 10_000;
const HEARTBEAT_INTERVAL_MS = 2_000;
const LAG_REFRESH_MS = 10_000;
const AUTO_COMMIT_INTERVAL_MS = 1_000;
/** How long a fetch waits for a first record. */
const FETCH_WAIT_MS = 250;
/**
 * kafkajs starts no fetch until all batches of the last one have returned. So a batch that takes longer than this is
 * detached: its partition is paused, and the others are fetched meanwhile. In a backlog all batches take longer, so
 * that the next ones have been fetched when they are committed.
 */
const DETACH_AFTER_MS = 100;
const REDELIVERY = { baseMs: 200, capMs: 10_000 };
const HANDLERS_END_MS_MAX = 12_000;
const LEAVE_MS_MAX = 5_000;

/**
 * Joins the group and consumes until closed. Only offsets that handlers resolved are committed. Heartbeats and
 * fetches of other partitions continue while a handler runs, so that a batch may take longer than the session
 * time-out.
 */
export async function startConsumer(options: ConsumerOptions): Promise<RunningConsumer> {
  const over = new AbortController();
  const consumer = options.kafka.until(over.signal).consumer({
    groupId: options.groupId,
    sessionTimeout: options.sessionTimeoutMs ?? SESSION_TIMEOUT_MS,
    heartbeatInterval: Math.min(HEARTBEAT_INTERVAL_MS, (options.sessionTimeoutMs ?? SESSION_TIMEOUT_MS) / 3),
    maxWaitTimeInMs: FETCH_WAIT_MS,
    allowAutoTopicCreation: false,
    // Repeated here, because kafkajs overrides the connection's setting with 5 retries.
    retry: RETRY,
  });
  const loop = new ConsumerLoop(consumer, options, over);
  await loop.start();
  return loop;
}

class ConsumerLoop implements RunningConsumer {
  readonly #consumer: Consumer;
  readonly #options: ConsumerOptions;
  /** Aborted once the consumer has left the group, or leaving has timed out. */
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
      // A partition of an earlier generation's batches may be assigned to another member now.
      this.#loseLeases(new Error('the group was joined again'));
      this.#assigned = Object.entries(memberAssignment).flatMap(([topic, partitions]) =>
        partitions.map((partition) => ({ topic, partition })),
      );
      this.#events.joined(this.#assigned);
      this.#lag.assign(this.#assigned);
      this.#holds.applyAgain();
    });
    await this.#consumer.connect();
    // Otherwise records written before the group's first join would be skipped.
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
    const reportLag = (next: bigint): void => this.#lag.tell(one, next, BigInt(highWatermark));
    const lease = new BatchLease(payload, this.#stopping.signal, reportLag);
    reportLag(BigInt(lease.batch.records[0]?.offset ?? highWatermark));
    this.#keepAlive(payload, lease);
    const handled = this.#handle(lease);
    if (await within(DETACH_AFTER_MS, Promise.race([handled, lease.whenLost]))) {
      // Thrown, so that kafkajs sees the heartbeat's error and rejoins the group.
      if (lease.lostTo instanceof kafkajs.KafkaJSError) throw lease.lostTo;
      return;
    }
    this.#holds.hold(lease);
    void handled.then(() => this.#finishDetached(lease));
  }

  #keepAlive(payload: EachBatchPayload, lease: BatchLease): void {
    this.#leases.add(lease);
    // Payloads from before a restart of kafkajs would heartbeat for a member that no longer exists.
    this.#latest = payload;
    this.#heartbeat.start();
  }

  /** Settles when the handler has ended, and never rejects. */
  #handle(lease: BatchLease): Promise<void> {
    const key = keyOf(lease);
    // A handler that lost its partition may still be running when the partition is assigned again.
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

  /** Holds the partition for a while: kafkajs would fetch the unresolved records again at once. */
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

  /** Does for a detached batch what kafkajs does for one that it waits for. */
  async #finishDetached(lease: BatchLease): Promise<void> {
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
