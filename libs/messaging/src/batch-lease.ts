import type { EachBatchPayload } from 'kafkajs';
import { type ConsumedBatch, recordsOf } from './consumed-batch.js';

/** The right to process a batch. It ends with the batch, or earlier if the partition may have been reassigned. */
export class BatchLease {
  readonly topic: string;
  readonly partition: number;
  readonly batch: ConsumedBatch;
  /** Resolves once the lease is lost. */
  readonly whenLost: Promise<void>;
  /** The rest of the batch is redelivered after a backoff; the partition is held until then. */
  waitsForRedelivery = false;
  readonly #payload: EachBatchPayload;
  readonly #lost = new AbortController();
  readonly #lastOffset: bigint;
  #resolved: bigint | undefined;

  /** @param onResolve called with the lowest offset that is not resolved */
  constructor(payload: EachBatchPayload, stopping: AbortSignal, onResolve: (next: bigint) => void) {
    const { topic, partition, highWatermark } = payload.batch;
    this.#payload = payload;
    this.whenLost = new Promise((resolve) => {
      this.#lost.signal.addEventListener('abort', () => resolve(), { once: true });
    });
    this.topic = topic;
    this.partition = partition;
    const records = recordsOf(payload);
    this.#lastOffset = BigInt(records.at(-1)?.offset ?? '-1');
    this.batch = {
      topic,
      partition,
      records,
      highWatermark: BigInt(highWatermark),
      signal: AbortSignal.any([stopping, this.#lost.signal]),
      isStale: () => this.lost,
      resolve: (offset) => {
        if (this.#resolve(offset)) onResolve(offset + 1n);
      },
    };
  }

  get lost(): boolean {
    return this.#lost.signal.aborted;
  }

  /** Why the lease was lost; undefined while it is held. */
  get lostTo(): unknown {
    return this.#lost.signal.reason;
  }

  /** Whether every record is resolved. */
  get finished(): boolean {
    return this.#resolved !== undefined && this.#resolved >= this.#lastOffset;
  }

  /** Whether at least one record is resolved. */
  get progressed(): boolean {
    return this.#resolved !== undefined;
  }

  /** Nothing of this batch is resolved or committed from here on: the next owner resumes from what was. */
  lose(reason: unknown): void {
    this.#lost.abort(reason);
  }

  /** Commits the resolved offsets of all partitions. */
  async commit(): Promise<void> {
    if (!this.lost) await this.#payload.commitOffsetsIfNecessary(this.#payload.uncommittedOffsets());
  }

  /** kafkajs itself would also move an offset backwards, or commit it under the group's next generation. */
  #resolve(offset: bigint): boolean {
    if (this.lost || (this.#resolved !== undefined && offset <= this.#resolved)) return false;
    this.#resolved = offset;
    this.#payload.resolveOffset(offset.toString());
    return true;
  }
}
