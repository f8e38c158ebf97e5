import { expect, test } from '@jest/globals';
import type { Database } from '../database.js';
import { sqlState } from '../database-error.js';
import { useDatabase } from '../testing/use-database.js';
import {
  type ArrayParameter,
  bigints,
  booleans,
  doubles,
  integers,
  jsons,
  smallints,
  texts,
  times,
  uuids,
} from './binary-arrays.js';

let database: Database;
useDatabase((opened) => {
  database = opened;
});

/** The elements as text. */
async function read(type: string, array: ArrayParameter): Promise<(string | null)[]> {
  const rows: { text: string | null }[] = await database.primary.query(
    `SELECT element::text AS text FROM unnest($1::${type}[]) AS element`,
    [array],
  );
  return rows.map(({ text }) => text);
}

const UUID = '0196a1b2-c3d4-7e5f-8a9b-0c1d2e3f4a5b';

test.each<[type: string, array: ArrayParameter, elements: (string | null)[]]>([
  ['boolean', booleans([true, null, false]), ['true', null, 'false']],
  ['smallint', smallints([-32_768, null, 32_767]), ['-32768', null, '32767']],
  ['integer', integers([-(2 ** 31), null, 2 ** 31 - 1]), ['-2147483648', null, '2147483647']],
  ['bigint', bigints([-(2n ** 63n), null, 2n ** 63n - 1n]), [`${-(2n ** 63n)}`, null, `${2n ** 63n - 1n}`]],
  ['float8', doubles([0.1, null, 1_764_000_000_123, Number.NaN]), ['0.1', null, '1764000000123', 'NaN']],
  ['uuid', uuids([UUID, null, UUID.toUpperCase()]), [UUID, null, UUID]],
  ['json', jsons(['{"b": 1, "a":"ü😀"}', null]), ['{"b": 1, "a":"ü😀"}', null]],
  [
    'timestamptz',
    times([new Date('1970-01-01T00:00:00.001Z'), null, new Date('2026-11-26T12:34:56.789Z')]),
    ['1970-01-01 00:00:00.001+00', null, '2026-11-26 12:34:56.789+00'],
  ],
])('%s comes as it was given', async (type, array, elements) => {
  expect(array).toBeInstanceOf(Uint8Array);
  expect(await read(type, array)).toEqual(elements);
});

test('texts with any characters are stored unchanged', async () => {
  const values = ['', 'NULL', '"', '\\', '{a,b}', "'", 'a b', 'ü😀\u0800', 'line\nfeed', 'x'.repeat(100_000)];
  expect(await read('text', texts(values))).toEqual(values);
  expect(await read('text', texts([...values, null]))).toEqual([...values, null]);
});

test.each<[type: string, array: ArrayParameter]>([
  ['text', texts([])],
  ['uuid', uuids([])],
])('no %s at all is an empty array', async (type, array) => {
  const rows = await database.primary.query(`SELECT cardinality($1::${type}[]) AS count`, [array]);
  expect(rows).toEqual([{ count: 0 }]);
});

test.each<[code: string, type: string, array: ArrayParameter]>([
  ['22003', 'bigint', bigints([1n, 2n ** 63n])],
  ['22003', 'smallint', smallints([1, 32_768])],
  ['22003', 'integer', integers([2 ** 31])],
  ['22P02', 'integer', integers([0.5])],
  ['22P02', 'uuid', uuids([UUID, 'x'.repeat(36)])],
  ['22P02', 'uuid', uuids([''])],
  ['22021', 'text', texts(['a\0b'])],
  ['22P02', 'json', jsons(['{'])],
])('Postgres refuses with %s what is no %s', async (code, type, array) => {
  const error = await read(type, array).catch((thrown: unknown) => thrown);
  expect(sqlState(error)).toBe(code);
});
