import {
  ARRAY_HEADER_BYTES,
  BYTES_PER_UNIT_MAX,
  int64Of,
  microsecondsOf,
  UnfitError,
  UUID_BYTES,
  wholeBelow,
  writeArrayHeader,
  writeUuid,
} from './binary-values.js';

/** Signature, no flags, no extension (PostgreSQL docs, "COPY", "Binary Format"). */
const FILE_HEADER = Buffer.from('PGCOPY\n\xff\r\n\0\0\0\0\0\0\0\0\0', 'latin1');
/** In place of the number of a row's fields. */
const TRAILER = -1;
const NULL_LENGTH = -1;
const LENGTH_BYTES = 4;
/** Longer than any value of a fixed length. */
const UNFIT = Buffer.from('does not fit this type');

/** CopyData and CopyDone (PostgreSQL docs, "Message Formats"): a type, and a length that counts itself. */
const COPY_DATA = 0x64;
const COPY_DONE = Buffer.from([0x63, 0, 0, 0, LENGTH_BYTES]);
const TYPE_BYTES = 1;
const MESSAGE_HEADER_BYTES = TYPE_BYTES + LENGTH_BYTES;
/** A message that is full is sent as it is: larger ones would be copied as they grow. */
const MESSAGE_BYTES = 64 * 1024;

/** Writes one value and returns where the next begins. @throws UnfitError */
type Write<T> = (to: Buffer, value: T, at: number) => number;

/**
 * Rows in the binary format of COPY, as messages to Postgres. The fields of a row are written in the order of the
 * statement's columns. If a value does not fit its type, Postgres refuses the rows with 22P03.
 */
export class CopyData {
  readonly #full: Buffer[] = [];
  #message: Buffer = Buffer.allocUnsafe(MESSAGE_BYTES);
  #at = MESSAGE_HEADER_BYTES;

  constructor() {
    this.#at += FILE_HEADER.copy(this.#message, this.#at);
  }

  /** Ends the rows. */
  end(): readonly Buffer[] {
    this.#int16(TRAILER);
    this.#endMessage();
    return [...this.#full, COPY_DONE];
  }

  beginRow(fields: number): void {
    this.#int16(fields);
  }

  /** Of a text, a char(n) or a json. */
  text(value: string | null): void {
    this.#reserve(LENGTH_BYTES + (value?.length ?? 0) * BYTES_PER_UNIT_MAX);
    const bytes = value === null ? 0 : this.#message.write(value, this.#at + LENGTH_BYTES);
    this.#at = this.#message.writeInt32BE(value === null ? NULL_LENGTH : bytes, this.#at) + bytes;
  }

  texts(values: readonly string[]): void {
    const units = values.reduce((sum, value) => sum + value.length, 0);
    this.#reserve(
      LENGTH_BYTES + ARRAY_HEADER_BYTES + values.length * LENGTH_BYTES + units * BYTES_PER_UNIT_MAX,
    );
    const lengthAt = this.#at;
    this.#at = writeArrayHeader(this.#message, 'text', values.length, lengthAt + LENGTH_BYTES);
    for (const value of values) this.text(value);
    this.#message.writeInt32BE(this.#at - lengthAt - LENGTH_BYTES, lengthAt);
  }

  bytes(value: Uint8Array): void {
    this.#reserve(LENGTH_BYTES + value.length);
    this.#at = this.#message.writeInt32BE(value.length, this.#at);
    this.#message.set(value, this.#at);
    this.#at += value.length;
  }

  uuid(value: string | null): void {
    this.#fixed(UUID_BYTES, value, writeUuid);
  }

  time(value: Date | null): void {
    this.#fixed(8, value, (to, time, at) => to.writeBigInt64BE(microsecondsOf(time), at));
  }

  smallint(value: number): void {
    this.#fixed(2, value, (to, whole, at) => to.writeInt16BE(wholeBelow(2 ** 15, whole), at));
  }

  integer(value: number): void {
    this.#fixed(4, value, (to, whole, at) => to.writeInt32BE(wholeBelow(2 ** 31, whole), at));
  }

  bigint(value: bigint | number): void {
    this.#fixed(8, value, (to, whole, at) => to.writeBigInt64BE(int64Of(whole), at));
  }

  #fixed<T>(bytes: number, value: T | null, write: Write<T>): void {
    if (value === null) {
      this.text(null);
      return;
    }
    this.#reserve(LENGTH_BYTES + bytes);
    try {
      write(this.#message, value, this.#at + LENGTH_BYTES);
      this.#at = this.#message.writeInt32BE(bytes, this.#at) + bytes;
    } catch (error) {
      if (!(error instanceof UnfitError)) throw error;
      this.bytes(UNFIT);
    }
  }

  #int16(value: number): void {
    this.#reserve(2);
    this.#at = this.#message.writeInt16BE(value, this.#at);
  }

  /** Makes room for `bytes` in the current message. */
  #reserve(bytes: number): void {
    if (this.#at + bytes <= this.#message.length) return;
    this.#endMessage();
    this.#message = Buffer.allocUnsafe(Math.max(MESSAGE_BYTES, MESSAGE_HEADER_BYTES + bytes));
    this.#at = MESSAGE_HEADER_BYTES;
  }

  #endMessage(): void {
    const message = this.#message.subarray(0, this.#at);
    message.writeInt32BE(message.length - TYPE_BYTES, message.writeUInt8(COPY_DATA, 0));
    this.#full.push(message);
  }
}
