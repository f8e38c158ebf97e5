import type { RecordHeaders } from './record-batch.js';

/** Where a record was stored. */
export interface RecordPosition {
  readonly partition: number;
  readonly offset: bigint;
}

/** The part of a record that is written. */
export interface SendMessage {
  readonly key: Buffer;
  readonly value: Buffer | null;
  readonly headers: RecordHeaders | undefined;
  /** Determined by the key once the topic's partition count is known, unless given. */
  partition: number | undefined;
}

/** A record to send, with the promise of its sender. */
export interface Pending {
  readonly topic: string;
  readonly message: SendMessage;
  readonly bytes: number;
  /** On the clock of `performance.now()`. Ascending in send order. */
  readonly deadlineAt: number;
  readonly resolve: (position: RecordPosition) => void;
  readonly reject: (error: Error) => void;
  /** The sender's promise is settled; the record may still be in flight. */
  settled: boolean;
}

/** The records of one request to one partition. */
export interface PartitionBatch {
  readonly topic: string;
  readonly partition: number;
  readonly records: readonly Pending[];
}

export interface BatchLimits {
  /** Per partition; a single larger record is sent alone. */
  readonly bytesMax: number;
  readonly countMax: number;
  /** For all partitions together. */
  readonly totalBytesMax: number;
}

interface Lane {
  readonly topic: string;
  readonly partition: number;
  readonly records: Pending[];
}

/** Queued records in arrival order, by partition. Records of topics with unknown partitions wait separately. */
export class SendQueue {
  readonly #lanesOf = new Map<string, readonly Lane[]>();
  readonly #unplaced = new Map<string, Pending[]>();
  #lanes: readonly Lane[] = [];
  #firstLane = 0;

  /** @returns false if the topic's partition count is unknown */
  push(pending: Pending): boolean {
    const lanes = this.#lanesOf.get(pending.topic);
    if (lanes !== undefined) {
      lanes[pending.message.partition as number]?.records.push(pending);
      return true;
    }
    const waiting = this.#unplaced.get(pending.topic);
    if (waiting === undefined) this.#unplaced.set(pending.topic, [pending]);
    else waiting.push(pending);
    return false;
  }

  /** The topic's partition count, if known. */
  partitionsOf(topic: string): number | undefined {
    return this.#lanesOf.get(topic)?.length;
  }

  /** Whether records wait for the topic's partition count. */
  awaits(topic: string): boolean {
    return (this.#unplaced.get(topic)?.length ?? 0) > 0;
  }

  /** Sets the topic's partition count. @returns the records that waited for it, to be pushed again */
  place(topic: string, partitions: number): readonly Pending[] {
    const waiting = this.#unplaced.get(topic) ?? [];
    this.#unplaced.delete(topic);
    const lanes = Array.from({ length: partitions }, (_, partition) => ({ topic, partition, records: [] }));
    this.#lanesOf.set(topic, lanes);
    this.#lanes = [...this.#lanes, ...lanes];
    return waiting;
  }

  /** Takes the oldest records of each partition, except those `heldBack`. Starts with another partition each time. */
  take(limits: BatchLimits, heldBack: (partition: number) => boolean = () => false): PartitionBatch[] {
    const batches: PartitionBatch[] = [];
    const lanes = this.#lanes;
    let bytes = 0;
    for (let step = 0; step < lanes.length; step += 1) {
      const { topic, partition, records } = lanes[(this.#firstLane + step) % lanes.length] as Lane;
      if (records.length === 0 || heldBack(partition)) continue;
      const head = headOf(records, limits);
      if (bytes > 0 && bytes + head.bytes > limits.totalBytesMax) break;
      bytes += head.bytes;
      batches.push({ topic, partition, records: records.splice(0, head.count) });
    }
    this.#firstLane = (this.#firstLane + 1) % Math.max(1, lanes.length);
    return batches;
  }

  /** Returns a batch to the front of its partition's queue. */
  putBack({ topic, partition, records }: PartitionBatch): void {
    this.#lanesOf.get(topic)?.[partition]?.records.unshift(...records);
  }

  /** Removes and returns the records past their deadline at `now`. */
  takeOverdue(now: number): Pending[] {
    const overdue: Pending[] = [];
    for (const records of this.#queues()) {
      const inTime = records.findIndex(({ deadlineAt }) => deadlineAt > now);
      if (inTime === 0) continue;
      for (const one of records.splice(0, inTime === -1 ? records.length : inTime)) overdue.push(one);
    }
    return overdue;
  }

  *#queues(): Generator<Pending[]> {
    for (const { records } of this.#lanes) yield records;
    yield* this.#unplaced.values();
  }
}

function headOf(
  records: readonly Pending[],
  { bytesMax, countMax }: BatchLimits,
): { count: number; bytes: number } {
  let bytes = 0;
  let count = 0;
  for (const record of records) {
    if (count === countMax || (count > 0 && bytes + record.bytes > bytesMax)) break;
    bytes += record.bytes;
    count += 1;
  }
  return { count, bytes };
}
