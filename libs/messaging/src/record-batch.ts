import { crc32c, Writer } from '@platformatic/kafka';

/** Text is written in UTF-8. */
export type RecordHeaders = Readonly<Record<string, string | Buffer>>;

/** A record to write to a partition. */
export interface BatchRecord {
  readonly key: Buffer | null;
  readonly value: Buffer | null;
  readonly headers?: RecordHeaders | undefined;
}

const NO_HEADERS: RecordHeaders = {};
const MAGIC = 2;
const HEAD_BYTES = 61;
/** Byte offsets of the header's fields. */
const AT = {
  firstOffset: 0,
  length: 8,
  leaderEpoch: 12,
  magic: 16,
  crc: 17,
  attributes: 21,
  lastOffsetDelta: 23,
  firstTime: 27,
  maxTime: 35,
  producerId: 43,
  producerEpoch: 51,
  firstSequence: 53,
  count: 57,
} as const;
/** Attributes of a record, and its timestamp delta. */
const RECORD_HEAD_BYTES = 2;
/** No leader epoch, no producer id, no sequence. */
const NONE = -1;

/**
 * Encodes an uncompressed, non-idempotent record batch with one timestamp, as brokers store it. Written into a single
 * buffer: the client allocates one for every number, which dominated the cost of a send. Source:
 * https://kafka.apache.org/documentation/#recordbatch
 *
 * @param timeMs milliseconds since the epoch
 */
export function encodeRecordBatch(records: readonly BatchRecord[], timeMs: number): Buffer {
  const lengths = records.map(lengthOf);
  const size = lengths.reduce((sum, length) => sum + varintBytes(length) + length, HEAD_BYTES);
  const writer = new BatchWriter(Buffer.allocUnsafe(size));
  for (const [offsetDelta, record] of records.entries()) {
    writer.record(record, offsetDelta, lengths[offsetDelta] as number);
  }
  return writer.finish(records.length, BigInt(timeMs));
}

class BatchWriter {
  readonly #bytes: Buffer;
  #at = HEAD_BYTES;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  record({ key, value, headers }: BatchRecord, offsetDelta: number, length: number): void {
    this.#varint(length);
    for (let byte = 0; byte < RECORD_HEAD_BYTES; byte += 1) this.#byte(0);
    this.#varint(offsetDelta);
    this.#sized(key);
    this.#sized(value);
    const entries = Object.entries(headers ?? NO_HEADERS);
    this.#varint(entries.length);
    for (const [name, header] of entries) {
      this.#sized(name);
      this.#sized(header);
    }
  }

  /** Writes the head, whose checksum covers everything after it. */
  finish(count: number, time: bigint): Buffer {
    const bytes = this.#bytes;
    bytes.writeBigInt64BE(0n, AT.firstOffset);
    bytes.writeInt32BE(bytes.length - AT.leaderEpoch, AT.length);
    bytes.writeInt32BE(NONE, AT.leaderEpoch);
    bytes.writeInt8(MAGIC, AT.magic);
    bytes.writeInt16BE(0, AT.attributes);
    bytes.writeInt32BE(count - 1, AT.lastOffsetDelta);
    bytes.writeBigInt64BE(time, AT.firstTime);
    bytes.writeBigInt64BE(time, AT.maxTime);
    bytes.writeBigInt64BE(BigInt(NONE), AT.producerId);
    bytes.writeInt16BE(NONE, AT.producerEpoch);
    bytes.writeInt32BE(NONE, AT.firstSequence);
    bytes.writeInt32BE(count, AT.count);
    bytes.writeUInt32BE(checksum(bytes.subarray(AT.attributes)), AT.crc);
    return bytes;
  }

  #sized(bytes: Buffer | string | null): void {
    this.#varint(bytes === null ? -1 : byteLength(bytes));
    if (typeof bytes === 'string') this.#at += this.#bytes.write(bytes, this.#at);
    else if (bytes !== null) this.#at += bytes.copy(this.#bytes, this.#at);
  }

  #varint(value: number): void {
    let rest = zigzag(value);
    for (; rest > 0x7f; rest >>>= 7) this.#byte((rest & 0x7f) | 0x80);
    this.#byte(rest);
  }

  #byte(value: number): void {
    this.#bytes[this.#at] = value;
    this.#at += 1;
  }
}

/** The client's function copies what it is not given in its own kind of buffer. */
function checksum(bytes: Buffer): number {
  return crc32c(Writer.create().append(bytes).dynamicBuffer);
}

function lengthOf({ key, value, headers }: BatchRecord, offsetDelta: number): number {
  let length = RECORD_HEAD_BYTES + varintBytes(offsetDelta) + sizedBytes(key) + sizedBytes(value);
  const entries = Object.entries(headers ?? NO_HEADERS);
  length += varintBytes(entries.length);
  for (const [name, header] of entries) length += sizedBytes(name) + sizedBytes(header);
  return length;
}

function sizedBytes(bytes: Buffer | string | null): number {
  if (bytes === null) return varintBytes(-1);
  const length = byteLength(bytes);
  return varintBytes(length) + length;
}

function byteLength(bytes: Buffer | string): number {
  return typeof bytes === 'string' ? Buffer.byteLength(bytes) : bytes.length;
}

/** Seven bits to a byte: none takes more than five. */
function varintBytes(value: number): number {
  let bytes = 1;
  for (let rest = zigzag(value); rest > 0x7f; rest >>>= 7) bytes += 1;
  return bytes;
}

/** Numbers near zero, of either sign, become small ones without a sign. */
function zigzag(value: number): number {
  return ((value << 1) ^ (value >> 31)) >>> 0;
}
