import { ALL_TOPICS } from '@payments/contracts';

/** Overhead per record beyond keys, values and headers: framing, and its share of the request. */
const RECORD_OVERHEAD_BYTES = 64;
/** For topics outside the catalogue: fits clusters that allow messages of 2 MB. */
const UNKNOWN_TOPIC_BYTES_MAX = 1_900_000;
/** Header of a record batch (61 bytes), rounded up. */
const BATCH_OVERHEAD_BYTES = 1024;

const catalogue = new Map(
  ALL_TOPICS.map(({ name, config }) => [name, Number(config['max.message.bytes']) - BATCH_OVERHEAD_BYTES]),
);

/** Largest record in bytes that the topic accepts, as the catalogue sets it; dead-letter topics accept more. */
export function recordBytesMax(topic: string): number {
  return catalogue.get(topic) ?? UNKNOWN_TOPIC_BYTES_MAX;
}

/** Upper bound of a record's size on the wire, in bytes. */
export function sizeOf(
  key: Buffer,
  value: Buffer | null,
  headers: Readonly<Record<string, string | Buffer>> | undefined,
): number {
  let bytes = RECORD_OVERHEAD_BYTES + key.length + (value?.length ?? 0);
  for (const name in headers) {
    // UTF-8 takes at most three bytes per UTF-16 unit; 10 bytes for the lengths.
    const header = headers[name] as string | Buffer;
    bytes += name.length * 3 + 10 + (typeof header === 'string' ? header.length * 3 : header.length);
  }
  return bytes;
}
