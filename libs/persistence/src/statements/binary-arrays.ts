/**
 * An array parameter in Postgres' binary format (array_recv, src/backend/utils/adt/arrayfuncs.c). pg's own format, one
 * long text, is the most expensive part of a batch: both sides process it character by character.
 *
 * Arrays with a value that does not fit the type are sent as text, so that Postgres refuses them with its own SQLSTATE.
 */
export type ArrayParameter = Buffer | readonly unknown[];

type Elements<T> = readonly (T | null)[];

/** Writes one element and returns where the next begins. @throws UnfitError */
type Write<T> = (to: Buffer, value: T, at: number) => number;

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

/** Five int4: number of dimensions, whether there may be nulls, type, number of elements, index of the first. */
const HEADER_BYTES = 20;
const LENGTH_BYTES = 4;
const NULL_LENGTH = -1;
/** Length limit of one UTF-16 code unit in UTF-8. */
const BYTES_PER_UNIT_MAX = 3;
/** Epoch of Postgres' timestamps. */
const POSTGRES_EPOCH_MS = Date.UTC(2000, 0, 1);
/** Range of a Date. */
const DATE_MS_MAX = 8.64e15 + 1;

/** The value does not fit the type. */
class UnfitError extends Error {
  override readonly name = 'UnfitError';
}

export const booleans = (values: Elements<boolean>): ArrayParameter =>
  fixedWidth('bool', 1, values, (to, value, at) => to.writeUInt8(value ? 1 : 0, at));

export const smallints = (values: Elements<number>): ArrayParameter =>
  fixedWidth('int2', 2, values, (to, value, at) => to.writeInt16BE(wholeBelow(2 ** 15, value), at));

export const integers = (values: Elements<number>): ArrayParameter =>
  fixedWidth('int4', 4, values, (to, value, at) => to.writeInt32BE(wholeBelow(2 ** 31, value), at));

export const bigints = (values: Elements<bigint | number>): ArrayParameter =>
  fixedWidth('int8', 8, values, (to, value, at) => {
    const whole = typeof value === 'bigint' ? value : BigInt(wholeBelow(2 ** 53, value));
    if (BigInt.asIntN(64, whole) !== whole) throw new UnfitError();
    return to.writeBigInt64BE(whole, at);
  });

export const doubles = (values: Elements<number>): ArrayParameter =>
  fixedWidth('float8', 8, values, (to, value, at) => to.writeDoubleBE(value, at));

export const times = (values: Elements<Date>): ArrayParameter =>
  fixedWidth('timestamptz', 8, values, (to, value, at) => {
    const ms = wholeBelow(DATE_MS_MAX, value.getTime());
    return to.writeBigInt64BE(BigInt(ms - POSTGRES_EPOCH_MS) * 1000n, at);
  });

export const uuids = (values: Elements<string>): ArrayParameter => fixedWidth('uuid', 16, values, writeUuid);

export const texts = (values: Elements<string>): ArrayParameter => ofTexts('text', values);

/** @param values JSON texts */
export const jsons = (values: Elements<string>): ArrayParameter => ofTexts('json', values);

function fixedWidth<T>(
  type: keyof typeof OIDS,
  bytes: number,
  values: Elements<T>,
  write: Write<T>,
): ArrayParameter {
  const array = Buffer.allocUnsafe(HEADER_BYTES + values.length * (LENGTH_BYTES + bytes));
  let at = writeHeader(array, type, values.length);
  try {
    for (const value of values) {
      at = array.writeInt32BE(value === null ? NULL_LENGTH : bytes, at);
      if (value !== null) at = write(array, value, at);
    }
  } catch (error) {
    if (error instanceof UnfitError) return values;
    throw error;
  }
  return array.subarray(0, at);
}

function ofTexts(type: 'text' | 'json', values: Elements<string>): ArrayParameter {
  const units = values.reduce((sum, value) => sum + (value?.length ?? 0), 0);
  const array = Buffer.allocUnsafe(HEADER_BYTES + values.length * LENGTH_BYTES + units * BYTES_PER_UNIT_MAX);
  let at = writeHeader(array, type, values.length);
  for (const value of values) {
    const bytes = value === null ? 0 : array.write(value, at + LENGTH_BYTES);
    at = array.writeInt32BE(value === null ? NULL_LENGTH : bytes, at) + bytes;
  }
  return array.subarray(0, at);
}

function writeHeader(array: Buffer, type: keyof typeof OIDS, count: number): number {
  const [dimensions, mayHaveNulls, firstIndex] = [1, 1, 1];
  return [dimensions, mayHaveNulls, OIDS[type], count, firstIndex].reduce(
    (at, field) => array.writeInt32BE(field, at),
    0,
  );
}

function wholeBelow(bound: number, value: number): number {
  if (!Number.isInteger(value) || value < -bound || value >= bound) throw new UnfitError();
  return value;
}

/** Positions of the 16 pairs of hexadecimal digits in the text of a UUID. */
const DIGITS_AT = [0, 2, 4, 6, 9, 11, 14, 16, 19, 21, 24, 26, 28, 30, 32, 34];
const UUID_CHARS = 36;
/** Value of each hexadecimal digit by its character code; 255 for other characters. */
const VALUE_OF_DIGIT = Uint8Array.from({ length: 128 }, (_, code) => {
  const value = Number.parseInt(String.fromCharCode(code), 16);
  return Number.isNaN(value) ? 255 : value;
});

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
