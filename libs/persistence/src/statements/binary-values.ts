/** Values in Postgres' binary formats, as its `*_recv` functions read them. */

/** The value does not fit the type. */
export class UnfitError extends Error {
  override readonly name = 'UnfitError';
}

/** Length limit of one UTF-16 code unit in UTF-8. */
export const BYTES_PER_UNIT_MAX = 3;

/** Each value follows its length; a null has no bytes. */
export const LENGTH_BYTES = 4;
export const NULL_LENGTH = -1;

/** From pg_type: the OIDs of built-in types are the same in every Postgres. */
const OIDS = {
  bool: 16,
  int8: 20,
  int2: 21,
  int4: 23,
  text: 25,
  json: 114,
  float8: 701,
  timestamptz: 1184,
  uuid: 2950,
} as const;
type ArrayType = keyof typeof OIDS;

/** Five int4: number of dimensions, whether there may be nulls, type, number of elements, index of the first. */
export const ARRAY_HEADER_BYTES = 20;

/** Epoch of Postgres' timestamps. */
const POSTGRES_EPOCH_MS = Date.UTC(2000, 0, 1);
/** Range of a Date. */
const DATE_MS_MAX = 8.64e15 + 1;

/** @returns where the next value begins */
export function writeArrayHeader(to: Buffer, type: ArrayType, count: number, at: number): number {
  const [dimensions, mayHaveNulls, firstIndex] = [1, 1, 1];
  return [dimensions, mayHaveNulls, OIDS[type], count, firstIndex].reduce(
    (next, field) => to.writeInt32BE(field, next),
    at,
  );
}

/** @throws UnfitError unless it is an integer in [-bound, bound) */
function wholeBelow(bound: number, value: number): number {
  if (!Number.isInteger(value) || value < -bound || value >= bound) throw new UnfitError();
  return value;
}

/** @throws UnfitError */
function int64Of(value: bigint | number): bigint {
  const whole = typeof value === 'bigint' ? value : BigInt(wholeBelow(2 ** 53, value));
  if (BigInt.asIntN(64, whole) !== whole) throw new UnfitError();
  return whole;
}

/** Microseconds since Postgres' epoch. @throws UnfitError for an invalid Date */
function microsecondsOf(time: Date): bigint {
  return BigInt(wholeBelow(DATE_MS_MAX, time.getTime()) - POSTGRES_EPOCH_MS) * 1000n;
}

/** Positions of the 16 pairs of hexadecimal digits in the text of a UUID. */
const DIGITS_AT = [0, 2, 4, 6, 9, 11, 14, 16, 19, 21, 24, 26, 28, 30, 32, 34];
const UUID_CHARS = 36;
/** Value of each hexadecimal digit by its character code; 255 for other characters. */
const VALUE_OF_DIGIT = Uint8Array.from({ length: 128 }, (_, code) => {
  const value = Number.parseInt(String.fromCharCode(code), 16);
  return Number.isNaN(value) ? 255 : value;
});

/** @returns where the next value begins. @throws UnfitError */
function writeUuid(to: Buffer, uuid: string, at: number): number {
  if (uuid.length !== UUID_CHARS) throw new UnfitError();
  let next = at;
  for (const digitsAt of DIGITS_AT) {
    const high = VALUE_OF_DIGIT[uuid.charCodeAt(digitsAt)] ?? 255;
    const low = VALUE_OF_DIGIT[uuid.charCodeAt(digitsAt + 1)] ?? 255;
    if (high > 15 || low > 15) throw new UnfitError();
    to[next] = high * 16 + low;
    next += 1;
  }
  return next;
}

/** The types whose values all have one length. */
export interface FixedTypes {
  bool: boolean;
  int2: number;
  int4: number;
  int8: bigint | number;
  float8: number;
  timestamptz: Date;
  uuid: string;
}

interface Fixed<T> {
  readonly bytes: number;
  /** @returns where the next value begins. @throws UnfitError */
  readonly write: (to: Buffer, value: T, at: number) => number;
}

export const FIXED: { readonly [Type in keyof FixedTypes]: Fixed<FixedTypes[Type]> } = {
  bool: { bytes: 1, write: (to, value, at) => to.writeUInt8(value ? 1 : 0, at) },
  int2: { bytes: 2, write: (to, value, at) => to.writeInt16BE(wholeBelow(2 ** 15, value), at) },
  int4: { bytes: 4, write: (to, value, at) => to.writeInt32BE(wholeBelow(2 ** 31, value), at) },
  int8: { bytes: 8, write: (to, value, at) => to.writeBigInt64BE(int64Of(value), at) },
  float8: { bytes: 8, write: (to, value, at) => to.writeDoubleBE(value, at) },
  timestamptz: { bytes: 8, write: (to, value, at) => to.writeBigInt64BE(microsecondsOf(value), at) },
  uuid: { bytes: 16, write: writeUuid },
};
