import type { PartitionBatch } from './send-queue.js';

/** Faults of single records (https://kafka.apache.org/protocol#protocol_error_codes). */
const RECORD_FAULTS: ReadonlySet<string> = new Set([
  'MESSAGE_TOO_LARGE',
  'RECORD_LIST_TOO_LARGE',
  'CORRUPT_MESSAGE',
  'INVALID_TIMESTAMP',
  'INVALID_RECORD',
]);

/** Timeouts that kafkajs takes for final. */
const TIMEOUTS: ReadonlySet<string> = new Set(['KafkaJSTimeout', 'KafkaJSLockTimeout']);
const CLIENT_FAULTS: ReadonlySet<string> = new Set([
  'RangeError',
  'ReferenceError',
  'SyntaxError',
  'TypeError',
]);

/** Whether the same request may succeed later: kafkajs' own rule, applied to what it wrapped in the end. */
export function isRetriable(error: unknown): boolean {
  const { name = '', retriable } = rootOf(error) as { name?: string; retriable?: boolean };
  return TIMEOUTS.has(name) || (retriable !== false && !CLIENT_FAULTS.has(name));
}

/** Whether no broker said anything: what Kafka itself answers has a type. */
export function isConnectionFault(error: unknown): boolean {
  return isRetriable(error) && typeof (rootOf(error) as { type?: unknown }).type !== 'string';
}

function rootOf(error: unknown): unknown {
  let root = error;
  for (let depth = 0; depth < 8; depth += 1) {
    if (!(root instanceof Error) || !(root.cause instanceof Error)) break;
    root = root.cause;
  }
  return root ?? {};
}

/**
 * What cannot be sent fails its whole request. Sent again in parts, one after the other, it fails alone in the
 * end: first each partition by itself, then, if a record may be at fault, halves of it.
 *
 * @returns the parts in the order of sending; undefined if `batches` are all to blame.
 */
export function partsToBlame(
  batches: readonly PartitionBatch[],
  error: unknown,
): readonly PartitionBatch[] | undefined {
  if (batches.length > 1) return batches;
  const [batch] = batches;
  if (batch === undefined || batch.records.length === 1 || !mayBeOneRecord(error)) return undefined;
  const { topic, partition, records } = batch;
  const half = records.length >> 1;
  return [
    { topic, partition, records: records.slice(0, half) },
    { topic, partition, records: records.slice(half) },
  ];
}

/** An error without a type of Kafka's comes from the client: a header that cannot be encoded, say. */
function mayBeOneRecord(error: unknown): boolean {
  const type = (error as { type?: unknown } | undefined)?.type;
  return typeof type !== 'string' || RECORD_FAULTS.has(type);
}
