import type { EachBatchPayload, KafkaMessage } from 'kafkajs';

/** A record as the broker keeps it. */
export interface ConsumedRecord {
  readonly topic: string;
  readonly partition: number;
  /** Decimal; may exceed what a number holds exactly. */
  readonly offset: string;
  readonly key: Buffer | null;
  readonly value: Buffer | null;
  /** Of a header given several times, the first. One whose value is null is left out. */
  readonly headers: Readonly<Record<string, Buffer | undefined>>;
  /** Milliseconds since the epoch. */
  readonly timestamp: number;
}

/** Consecutive records of one partition. */
export interface ConsumedBatch {
  readonly topic: string;
  readonly partition: number;
  readonly records: readonly ConsumedRecord[];
  /** The partition's end when the batch was fetched. */
  readonly highWatermark: bigint;
  /** Aborted when the partition was taken away or the consumer stops: leave the rest to the next owner. */
  readonly signal: AbortSignal;
  /** Whether the partition may belong to another member by now. */
  isStale(): boolean;
  /** `offset` and every record before it are finished: a restart begins after it. */
  resolve(offset: bigint): void;
}

export function recordsOf({ batch }: EachBatchPayload): ConsumedRecord[] {
  const { topic, partition } = batch;
  return batch.messages.map(({ offset, key, value, headers, timestamp }) => ({
    topic,
    partition,
    offset,
    key,
    value,
    headers: firstOfEach(headers),
    timestamp: Number(timestamp),
  }));
}

function firstOfEach(headers: KafkaMessage['headers']): Record<string, Buffer | undefined> {
  const first: Record<string, Buffer | undefined> = {};
  for (const [name, given] of Object.entries(headers ?? {})) {
    // Kafka allows null, which other clients send; kafkajs' types do not know of it.
    const value: Buffer | string | null | undefined = Array.isArray(given) ? given[0] : given;
    if (value != null) first[name] = typeof value === 'string' ? Buffer.from(value) : value;
  }
  return first;
}
