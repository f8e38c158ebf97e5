import { ALL_TOPICS } from '@payments/contracts';

/** What goes over the wire beside keys, values and headers: framing of a record, its part of the request. */
const RECORD_OVERHEAD_BYTES = 64;
/** A topic outside the catalogue: what fits Kafka clusters that allow 2 MB a message. */
const UNKNOWN_TOPIC_BYTES_MAX = 1_900_000;
/** Header of a record batch (61 bytes), rounded up. */
const BATCH_OVERHEAD_BYTES = 1024;

const catalogue = new Map(
  ALL_TOPICS.map(({ name, config }) => [name, Number(config['max.message.bytes']) - BATCH_OVERHEAD_BYTES]),
);

/** Bytes of the largest record that the topic takes: as the catalogue sets it, dead-letter topics more. */
export function recordBytesMax(topic: string): number {
  return catalogue.get(topic) ?? UNKNOWN_TOPIC_BYTES_MAX;
}

/** An upper estimate of a record's bytes on the wire. */
export function sizeOf(
  key: Buffer,
  value: Buffer | null,
  headers: Readonly<Record<string, string | Buffer>> | undefined,
): number {
  let bytes = RECORD_OVERHEAD_BYTES + key.length + (value?.length ?? 0);
  for (const name in headers) {
    // A character of a string takes at most three bytes in UTF-8; 10 for the lengths.
    const header = headers[name] as string | Buffer;
    bytes += name.length * 3 + 10 + (typeof header === 'string' ? header.length * 3 : header.length);
  }
  return bytes;
}
