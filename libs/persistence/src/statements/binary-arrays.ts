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

/**
 * An array parameter in Postgres' binary format (array_recv, src/backend/utils/adt/arrayfuncs.c). pg's own format, one
 * long text, is the most expensive part of a batch: both sides process it character by character.
 *
 * Arrays with a value that does not fit the type are sent as text, so that Postgres refuses them with its own SQLSTATE.
 */
export type ArrayParameter = Buffer | readonly unknown[];

type Elements<T> = readonly (T | null)[];

export const booleans = (values: Elements<boolean>): ArrayParameter => fixedWidth('bool', values);
export const smallints = (values: Elements<number>): ArrayParameter => fixedWidth('int2', values);
export const integers = (values: Elements<number>): ArrayParameter => fixedWidth('int4', values);
export const bigints = (values: Elements<bigint | number>): ArrayParameter => fixedWidth('int8', values);
export const doubles = (values: Elements<number>): ArrayParameter => fixedWidth('float8', values);
export const times = (values: Elements<Date>): ArrayParameter => fixedWidth('timestamptz', values);
export const uuids = (values: Elements<string>): ArrayParameter => fixedWidth('uuid', values);
export const texts = (values: Elements<string>): ArrayParameter => ofTexts('text', values);

/** @param values JSON texts */
export const jsons = (values: Elements<string>): ArrayParameter => ofTexts('json', values);

function fixedWidth<Type extends keyof FixedTypes>(
  type: Type,
  values: Elements<FixedTypes[Type]>,
): ArrayParameter {
  const { bytes, write } = FIXED[type];
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
