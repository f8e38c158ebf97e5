import { retryDelayMs } from '@payments/runtime';
import type { PartitionBatch, Pending } from './send-queue.js';

/** As quick as the back-off measured for kafkajs: first a moment, at most a second. */
export const BACK_OFF = { baseMs: 200, capMs: 1_000 };

interface Retry {
  /** To send before anything that is queued, one after the other. */
  readonly parts: PartitionBatch[];
  failures: number;
  /** On the clock of `performance.now()`. */
  dueAt: number;
  busy: boolean;
}

/** The partitions of a topic whose last send failed: each is sent to by itself until one succeeds. */
export class PartitionRetries {
  readonly #retries = new Map<number, Retry>();

  has(partition: number): boolean {
    return this.#retries.has(partition);
  }

  /** What failed goes first from now on, after a moment that doubles from failure to failure. */
  failed(batch: PartitionBatch, now: number): void {
    const retry = this.#put([batch]);
    retry.failures += 1;
    retry.dueAt = now + retryDelayMs(retry.failures, BACK_OFF);
  }

  /** A record may be at fault: sends `parts`, all of one partition, by themselves, at once. */
  split(parts: readonly PartitionBatch[]): void {
    this.#put(parts).dueAt = 0;
  }

  succeeded(partition: number): void {
    const retry = this.#retries.get(partition);
    if (retry === undefined) return;
    retry.busy = false;
    retry.failures = 0;
    if (retry.parts.length === 0) this.#retries.delete(partition);
  }

  /** The partitions that may be sent to now. */
  due(now: number): number[] {
    return [...this.#retries]
      .filter(([, { busy, dueAt }]) => !busy && dueAt <= now)
      .map(([number]) => number);
  }

  /** When the next partition is due that is not at `now`. */
  nextDueAfter(now: number): number | undefined {
    const waiting = [...this.#retries.values()].filter(({ busy, dueAt }) => !busy && dueAt > now);
    return waiting.length === 0 ? undefined : Math.min(...waiting.map(({ dueAt }) => dueAt));
  }

  /** Takes the part to send first, if there is one. */
  takePart(partition: number): PartitionBatch | undefined {
    return this.#retries.get(partition)?.parts.shift();
  }

  /** Something is on its way to the partition; `failed`, `split` or `succeeded` ends that. */
  begin(partition: number): void {
    const retry = this.#retries.get(partition);
    if (retry !== undefined) retry.busy = true;
  }

  /** Takes out the records that are settled already. */
  takeSettled(): Pending[] {
    const settled: Pending[] = [];
    for (const { parts } of this.#retries.values()) {
      for (const { topic, partition, records } of parts.splice(0)) {
        const open = records.filter((pending) => !pending.settled);
        settled.push(...records.filter((pending) => pending.settled));
        if (open.length > 0) parts.push({ topic, partition, records: open });
      }
    }
    return settled;
  }

  /** The records that wait here. */
  *waiting(): Generator<Pending> {
    for (const { parts } of this.#retries.values()) for (const { records } of parts) yield* records;
  }

  #put(parts: readonly PartitionBatch[]): Retry {
    const partition = parts[0]?.partition as number;
    let retry = this.#retries.get(partition);
    if (retry === undefined) {
      retry = { parts: [], failures: 0, dueAt: 0, busy: false };
      this.#retries.set(partition, retry);
    }
    retry.busy = false;
    retry.parts.unshift(...parts);
    return retry;
  }
}
