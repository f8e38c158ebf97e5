import type { EachBatchPayload, KafkaMessage } from 'kafkajs';

/** A record as stored by the broker. */
export interface ConsumedRecord {
  readonly topic: string;
  readonly partition: number;
  /** Decimal string: it may exceed Number.MAX_SAFE_INTEGER. */
  readonly offset: string;
  readonly key: Buffer | null;
  readonly value: Buffer | null;
  /** Of a repeated header the first value; null values are left out. */
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
  /** Aborts when the partition is revoked or the consumer stops: leave the rest to the next owner. */
  readonly signal: AbortSignal;
  /** Whether the partition may have been reassigned. */
  isStale(): boolean;
  /** Marks `offset` and every record before it as done: a restart resumes after it. */
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
    // Kafka allows null header values, which other clients send; kafkajs' types lack them.
    const value: Buffer | string | null | undefined = Array.isArray(given) ? given[0] : given;
    if (value != null) first[name] = typeof value === 'string' ? Buffer.from(value) : value;
  }
  return first;
}
