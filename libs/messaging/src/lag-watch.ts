import type { Admin } from 'kafkajs';
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
/** The timer asks again anyway. Nested by kafkajs: connecting is retried within asking for metadata. */
const RETRIES = 3;

/**
 * How many records of each owned partition are not finished. Batches tell as they are worked on; in between,
 * and above all while a partition is held or paused and none comes, a timer asks the brokers.
 */
export class LagWatch {
  readonly #options: LagWatchOptions;
  readonly #admin: Admin;
  /** By partition: the first offset that is not finished, and the end. */
  readonly #next = new Map<string, bigint>();
  readonly #end = new Map<string, bigint>();
  #assigned: readonly TopicPartition[] = [];
  #timer: NodeJS.Timeout | undefined;
  #asking = false;
  #closed = false;
  /** Aborted once the client is disconnected, or was given up. */
  readonly #over = new AbortController();

  constructor(options: LagWatchOptions) {
    this.#options = options;
    this.#admin = options.kafka.until(this.#over.signal, RETRIES).admin();
  }

  /** From now on these partitions are owned. Where they stand is known from the group's commits or not at all. */
  assign(partitions: readonly TopicPartition[]): void {
    this.#assigned = partitions;
    this.#next.clear();
    this.#end.clear();
    if (this.#closed || this.#timer !== undefined) return;
    this.#timer = setInterval(() => void this.#refresh(), this.#options.everyMs);
    this.#timer.unref();
  }

  /** @param next the first offset that is not finished, `end` the partition's end as far as is known. */
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
    const committed = unknown ? await this.#committed(topic) : new Map<number, bigint>();
    const ends = new Map((await this.#admin.fetchTopicOffsets(topic)).map((end) => [end.partition, end]));
    // Answers for an assignment before this one say nothing about this one.
    if (this.#closed || assigned !== this.#assigned) return;
    for (const one of own) {
      const end = ends.get(one.partition);
      if (end === undefined) continue;
      const next = this.#next.get(keyOf(one)) ?? committed.get(one.partition) ?? BigInt(end.low);
      this.tell(one, next, BigInt(end.high));
    }
  }

  async #committed(topic: string): Promise<Map<number, bigint>> {
    const [answer] = await this.#admin.fetchOffsets({ groupId: this.#options.groupId, topics: [topic] });
    const offsets = answer?.partitions.map(({ partition, offset }) => [partition, BigInt(offset)] as const);
    return new Map(offsets?.filter(([, offset]) => offset >= 0n));
  }

  #report(one: TopicPartition): void {
    const key = keyOf(one);
    const lag = (this.#end.get(key) ?? 0n) - (this.#next.get(key) ?? 0n);
    this.#options.onLag(one.topic, one.partition, lag > 0n ? lag : 0n);
  }
}
