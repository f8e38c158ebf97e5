import type { Admin } from 'kafkajs';
import { fetchCommitted } from './committed-offsets.js';
import type { KafkaConnection } from './connection.js';
import { keyOf, type TopicPartition } from './partition-holds.js';
import { within } from './within.js';

export interface LagWatchOptions {
  readonly kafka: KafkaConnection;
  readonly groupId: string;
  readonly everyMs: number;
  readonly onLag: (topic: string, partition: number, lag: bigint) => void;
  readonly onFailure: (error: unknown) => void;
}

const DISCONNECT_MS_MAX = 2_000;
/**
 * Few, since the timer asks again anyway. kafkajs nests the retries of connecting within those of fetching metadata.
 */
const RETRIES = 3;

/**
 * Lag of each owned partition, in records. Batches report it while they are processed; otherwise, above all while a
 * partition is held or paused, a timer asks the brokers.
 */
export class LagWatch {
  readonly #options: LagWatchOptions;
  readonly #admin: Admin;
  /** By partition: the lowest offset that is not processed, and the end offset. */
  readonly #next = new Map<string, bigint>();
  readonly #end = new Map<string, bigint>();
  #assigned: readonly TopicPartition[] = [];
  #timer: NodeJS.Timeout | undefined;
  #asking = false;
  #closed = false;
  /** Aborts once the client is disconnected or abandoned. */
  readonly #over = new AbortController();

  constructor(options: LagWatchOptions) {
    this.#options = options;
    this.#admin = options.kafka.until(this.#over.signal, RETRIES).admin();
  }

  /** Replaces the owned partitions. Their positions come from the group's committed offsets, or are unknown. */
  assign(partitions: readonly TopicPartition[]): void {
    this.#assigned = partitions;
    this.#next.clear();
    this.#end.clear();
    if (this.#closed || this.#timer !== undefined) return;
    this.#timer = setInterval(() => void this.#refresh(), this.#options.everyMs);
    this.#timer.unref();
  }

  /**
   * @param next the lowest offset that is not processed
   * @param end the partition's end offset, as far as it is known
   */
  tell(one: TopicPartition, next: bigint, end: bigint): void {
    const key = keyOf(one);
    const last = this.#end.get(key) ?? 0n;
    this.#next.set(key, next);
    this.#end.set(key, end > last ? end : last);
    this.#report(one);
  }

  async close(): Promise<void> {
    this.#closed = true;
    clearInterval(this.#timer);
    await within(DISCONNECT_MS_MAX, this.#admin.disconnect());
    this.#over.abort();
  }

  async #refresh(): Promise<void> {
    if (this.#asking || this.#assigned.length === 0) return;
    this.#asking = true;
    const assigned = this.#assigned;
    try {
      await this.#admin.connect();
      for (const topic of new Set(assigned.map((one) => one.topic))) {
        await this.#refreshTopic(topic, assigned);
      }
    } catch (error) {
      if (!this.#closed) this.#options.onFailure(error);
    } finally {
      this.#asking = false;
    }
  }

  async #refreshTopic(topic: string, assigned: readonly TopicPartition[]): Promise<void> {
    const own = assigned.filter((one) => one.topic === topic);
    const unknown = own.some((one) => !this.#next.has(keyOf(one)));
    const committed = unknown
      ? await fetchCommitted(this.#admin, this.#options.groupId, topic)
      : new Map<number, bigint>();
    const ends = new Map((await this.#admin.fetchTopicOffsets(topic)).map((end) => [end.partition, end]));
    // The answer belongs to an earlier assignment.
    if (this.#closed || assigned !== this.#assigned) return;
    for (const one of own) {
      const end = ends.get(one.partition);
      if (end === undefined) continue;
      const next = this.#next.get(keyOf(one)) ?? committed.get(one.partition) ?? BigInt(end.low);
      this.tell(one, next, BigInt(end.high));
    }
  }

  #report(one: TopicPartition): void {
    const key = keyOf(one);
    const lag = (this.#end.get(key) ?? 0n) - (this.#next.get(key) ?? 0n);
    this.#options.onLag(one.topic, one.partition, lag > 0n ? lag : 0n);
  }
}
