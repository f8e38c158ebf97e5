import type { Message } from 'kafkajs';

/** Where a record was stored. */
export interface RecordPosition {
  readonly partition: number;
  readonly offset: bigint;
}

/** A record on its way, and who waits for it. */
export interface Pending {
  readonly message: Message;
  readonly bytes: number;
  /** On the clock of `performance.now()`. */
  readonly deadlineAt: number;
  readonly resolve: (position: RecordPosition) => void;
  readonly reject: (error: Error) => void;
  /** Its sender was told an outcome already; the record may still be on its way. */
  settled: boolean;
}

/** What one send carries to one partition. */
export interface PartitionBatch {
  readonly topic: string;
  readonly partition: number;
  readonly records: readonly Pending[];
}

interface PartitionQueue {
  readonly topic: string;
  readonly partition: number;
  records: Pending[];
}

/** Records in the order they came, by partition. */
export class SendQueue {
  readonly #queues = new Map<string, PartitionQueue[]>();
  #count = 0;
  #bytes = 0;

  get count(): number {
    return this.#count;
  }

  get bytes(): number {
    return this.#bytes;
  }

  push(topic: string, partition: number, pending: Pending): void {
    this.#queueOf(topic, partition).records.push(pending);
    this.#count += 1;
    this.#bytes += pending.bytes;
  }

  /** Takes what came first, at most `bytesMax` a partition; a record larger than that travels alone. */
  take(bytesMax: number): PartitionBatch[] {
    const batches: PartitionBatch[] = [];
    for (const queues of this.#queues.values()) {
      for (const queue of queues) {
        if (queue === undefined || queue.records.length === 0) continue;
        const records = this.#takeHead(queue, bytesMax);
        if (records.length > 0) batches.push({ topic: queue.topic, partition: queue.partition, records });
      }
    }
    return batches;
  }

  /** Puts back what was taken last, before everything that came since. */
  putBack({ topic, partition, records }: PartitionBatch): void {
    const queue = this.#queueOf(topic, partition);
    queue.records = [...records, ...queue.records];
    for (const { bytes } of records) {
      this.#count += 1;
      this.#bytes += bytes;
    }
  }

  *[Symbol.iterator](): Generator<Pending> {
    for (const queues of this.#queues.values()) {
      for (const queue of queues) if (queue !== undefined) yield* queue.records;
    }
  }

  #takeHead(queue: PartitionQueue, bytesMax: number): Pending[] {
    const taken: Pending[] = [];
    let bytes = 0;
    let index = 0;
    for (; index < queue.records.length; index += 1) {
      const pending = queue.records[index] as Pending;
      if (!pending.settled) {
        if (taken.length > 0 && bytes + pending.bytes > bytesMax) break;
        taken.push(pending);
        bytes += pending.bytes;
      }
      this.#count -= 1;
      this.#bytes -= pending.bytes;
    }
    queue.records = index === queue.records.length ? [] : queue.records.slice(index);
    return taken;
  }

  #queueOf(topic: string, partition: number): PartitionQueue {
    let queues = this.#queues.get(topic);
    if (queues === undefined) {
      queues = [];
      this.#queues.set(topic, queues);
    }
    queues[partition] ??= { topic, partition, records: [] };
    return queues[partition];
  }
}
