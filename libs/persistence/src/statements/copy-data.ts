import {
  ARRAY_HEADER_BYTES,
  BYTES_PER_UNIT_MAX,
  FIXED,
  type FixedTypes,
  LENGTH_BYTES,
  NULL_LENGTH,
  UnfitError,
  writeArrayHeader,
} from './binary-values.js';

/** Signature, no flags, no extension (PostgreSQL docs, "COPY", "Binary Format"). */
const FILE_HEADER = Buffer.from('PGCOPY\n\xff\r\n\0\0\0\0\0\0\0\0\0', 'latin1');
/** In place of the number of a row's fields. */
const TRAILER = -1;
/** Longer than any value of a fixed length: one that is shorter than its type is an error of the protocol (08P01). */
const UNFIT = Buffer.from('does not fit this type');

/** CopyData and CopyDone (PostgreSQL docs, "Message Formats"): a type, and a length that counts itself. */
const COPY_DATA = 0x64;
const COPY_DONE = Buffer.from([0x63, 0, 0, 0, LENGTH_BYTES]);
const TYPE_BYTES = 1;
const MESSAGE_HEADER_BYTES = TYPE_BYTES + LENGTH_BYTES;
/**
 * Of the first message and of the largest one, unless a value is larger. Each is twice as large as the one before, and
 * is sent as it is when it is full: none is copied to a larger one.
 */
const MESSAGE_BYTES_MIN = 2 * 1024;
const MESSAGE_BYTES_MAX = 64 * 1024;

/**
 * Rows in the binary format of COPY, as messages to Postgres. The fields of a row are written in the order of the
 * statement's columns. If a value does not fit its type, Postgres refuses the rows with 22P03.
 */
export class CopyData {
  readonly #full: Buffer[] = [];
  #message: Buffer = Buffer.allocUnsafe(MESSAGE_BYTES_MIN);
  #at = MESSAGE_HEADER_BYTES;

  constructor() {
    this.#at += FILE_HEADER.copy(this.#message, this.#at);
  }

  /** Ends the rows. */
  end(): Buffer[] {
    this.#int16(TRAILER);
    this.#endMessage();
    this.#full.push(COPY_DONE);
    return this.#full;
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
    this.#fixed('uuid', value);
  }

  time(value: Date | null): void {
    this.#fixed('timestamptz', value);
  }

  integer(value: number): void {
    this.#fixed('int4', value);
  }

  bigint(value: bigint | number): void {
    this.#fixed('int8', value);
  }

  #fixed<Type extends keyof FixedTypes>(type: Type, value: FixedTypes[Type] | null): void {
    if (value === null) {
      this.text(null);
      return;
    }
    const { bytes, write } = FIXED[type];
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
    const next = Math.min(2 * this.#message.length, MESSAGE_BYTES_MAX);
    this.#message = Buffer.allocUnsafe(Math.max(next, MESSAGE_HEADER_BYTES + bytes));
    this.#at = MESSAGE_HEADER_BYTES;
  }

  #endMessage(): void {
    const message = this.#message.subarray(0, this.#at);
    message.writeInt32BE(message.length - TYPE_BYTES, message.writeUInt8(COPY_DATA, 0));
    this.#full.push(message);
  }
}
