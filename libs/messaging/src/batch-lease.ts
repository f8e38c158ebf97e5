import type { EachBatchPayload } from 'kafkajs';
import { type ConsumedBatch, recordsOf } from './consumed-batch.js';

/** The right to work on a batch: until it is finished, or the partition may belong to another member. */
export class BatchLease {
  readonly topic: string;
  readonly partition: number;
  readonly batch: ConsumedBatch;
  /** Resolves once the lease is lost. */
  readonly whenLost: Promise<void>;
  /** Its rest is delivered again after a while; until then the partition is held. */
  waitsForRedelivery = false;
  readonly #payload: EachBatchPayload;
  readonly #lost = new AbortController();
  readonly #lastOffset: bigint;
  #resolved: bigint | undefined;

  /** @param onResolve told the first offset that is not finished. */
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

  /** Why, if it is lost. */
  get lostTo(): unknown {
    return this.#lost.signal.reason;
  }

  /** Whether every record is resolved. */
  get finished(): boolean {
    return this.#resolved !== undefined && this.#resolved >= this.#lastOffset;
  }

  /** Whether anything is resolved. */
  get progressed(): boolean {
    return this.#resolved !== undefined;
  }

  /** From now on nothing of this batch is resolved or committed: the next owner begins at what was. */
  lose(reason: unknown): void {
    this.#lost.abort(reason);
  }

  /** Commits what is resolved, of all partitions. */
  async commit(): Promise<void> {
    if (!this.lost) await this.#payload.commitOffsetsIfNecessary(this.#payload.uncommittedOffsets());
  }

  /** kafkajs would also take an offset back, or give it to the group's next generation. */
  #resolve(offset: bigint): boolean {
    if (this.lost || (this.#resolved !== undefined && offset <= this.#resolved)) return false;
    this.#resolved = offset;
    this.#payload.resolveOffset(offset.toString());
    return true;
  }
}
