import {
  ARRAY_HEADER_BYTES,
  BYTES_PER_UNIT_MAX,
  int64Of,
  microsecondsOf,
  type OIDS,
  UnfitError,
  UUID_BYTES,
  wholeBelow,
  writeArrayHeader,
  writeUuid,
} from './binary-values.js';

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

const LENGTH_BYTES = 4;
const NULL_LENGTH = -1;

export const booleans = (values: Elements<boolean>): ArrayParameter =>
  fixedWidth('bool', 1, values, (to, value, at) => to.writeUInt8(value ? 1 : 0, at));

export const smallints = (values: Elements<number>): ArrayParameter =>
  fixedWidth('int2', 2, values, (to, value, at) => to.writeInt16BE(wholeBelow(2 ** 15, value), at));

export const integers = (values: Elements<number>): ArrayParameter =>
  fixedWidth('int4', 4, values, (to, value, at) => to.writeInt32BE(wholeBelow(2 ** 31, value), at));

export const bigints = (values: Elements<bigint | number>): ArrayParameter =>
  fixedWidth('int8', 8, values, (to, value, at) => to.writeBigInt64BE(int64Of(value), at));

export const doubles = (values: Elements<number>): ArrayParameter =>
  fixedWidth('float8', 8, values, (to, value, at) => to.writeDoubleBE(value, at));

export const times = (values: Elements<Date>): ArrayParameter =>
  fixedWidth('timestamptz', 8, values, (to, value, at) => to.writeBigInt64BE(microsecondsOf(value), at));

export const uuids = (values: Elements<string>): ArrayParameter =>
  fixedWidth('uuid', UUID_BYTES, values, writeUuid);

export const texts = (values: Elements<string>): ArrayParameter => ofTexts('text', values);

/** @param values JSON texts */
export const jsons = (values: Elements<string>): ArrayParameter => ofTexts('json', values);

function fixedWidth<T>(
  type: keyof typeof OIDS,
  bytes: number,
  values: Elements<T>,
  write: Write<T>,
): ArrayParameter {
  const array = Buffer.allocUnsafe(ARRAY_HEADER_BYTES + values.length * (LENGTH_BYTES + bytes));
  let at = writeArrayHeader(array, type, values.length, 0);
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
  const array = Buffer.allocUnsafe(
    ARRAY_HEADER_BYTES + values.length * LENGTH_BYTES + units * BYTES_PER_UNIT_MAX,
  );
  let at = writeArrayHeader(array, type, values.length, 0);
  for (const value of values) {
    const bytes = value === null ? 0 : array.write(value, at + LENGTH_BYTES);
    at = array.writeInt32BE(value === null ? NULL_LENGTH : bytes, at) + bytes;
  }
  return array.subarray(0, at);
}
