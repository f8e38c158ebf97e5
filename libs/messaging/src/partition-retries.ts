import { retryDelayMs } from '@payments/runtime';
import type { PartitionBatch, Pending } from './send-queue.js';

/** As measured for kafkajs: from 200 ms up to a second. */
export const BACK_OFF = { baseMs: 200, capMs: 1_000 };

interface Retry {
  /** Sent one after the other, before anything that is queued. */
  readonly parts: PartitionBatch[];
  failures: number;
  /** On the clock of `performance.now()`. */
  dueAt: number;
  busy: boolean;
}

/** Partitions of a topic whose last request failed: each gets requests of its own until one succeeds. */
export class PartitionRetries {
  readonly #retries = new Map<number, Retry>();

  has(partition: number): boolean {
    return this.#retries.has(partition);
  }

  /** Retries the failed batch first, with exponential backoff. */
  failed(batch: PartitionBatch, now: number): void {
    const retry = this.#put([batch]);
    retry.failures += 1;
    retry.dueAt = now + retryDelayMs(retry.failures, BACK_OFF);
  }

  /** For a batch that may contain a rejected record: sends `parts`, all of one partition, one by one and at once. */
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

  /** Partitions that may be sent to at `now`. */
  due(now: number): number[] {
    return [...this.#retries]
      .filter(([, { busy, dueAt }]) => !busy && dueAt <= now)
      .map(([number]) => number);
  }

  /** The earliest retry after `now`. */
  nextDueAfter(now: number): number | undefined {
    const waiting = [...this.#retries.values()].filter(({ busy, dueAt }) => !busy && dueAt > now);
    return waiting.length === 0 ? undefined : Math.min(...waiting.map(({ dueAt }) => dueAt));
  }

  /** Takes the next part to send, if there is one. */
  takePart(partition: number): PartitionBatch | undefined {
    return this.#retries.get(partition)?.parts.shift();
  }

  /** Marks the partition as in flight, until `failed`, `split` or `succeeded`. */
  begin(partition: number): void {
    const retry = this.#retries.get(partition);
    if (retry !== undefined) retry.busy = true;
  }

  /** Removes and returns the records that are settled. */
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

  /** The records that wait for a retry. */
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
