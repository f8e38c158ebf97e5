import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { createTestDatabase } from '@payments/local/testing';
import { type Database, openDatabase } from '../database.js';
import { sqlState } from '../database-error.js';
import type { CopyData } from './copy-data.js';
import { copyInto, copyRows } from './copy-rows.js';
import { pipelined } from './pipelined.js';

let database: Database;
let close: () => Promise<void>;
beforeAll(async () => {
  const { url, drop } = await createTestDatabase();
  // One connection, so that each test meets what the one before it left.
  database = await openDatabase({ url, poolSize: 1, applicationName: 'test' });
  close = async () => {
    await database.close();
    await drop();
  };
  await database.primary.query(`CREATE TABLE copied (t text, j json, ts text[], b bytea, u uuid, at timestamptz,
    n4 integer, n8 bigint)`);
});
afterAll(() => close());

interface Row {
  readonly write: (to: CopyData) => void;
}

/** Copies values into one column of `copied`, and returns them as text. */
async function copied(column: string, ...writes: Row['write'][]): Promise<(string | null)[]> {
  const copy = copyInto<Row>('copied', { [column]: (to, { write }) => write(to) });
  const rows = writes.map((write) => ({ write }));
  const [, found] = await database
    .transaction((em) =>
      pipelined([copyRows(em, copy, rows), em.query(`SELECT ${column}::text AS value FROM copied`)]),
    )
    .finally(() => database.primary.query('TRUNCATE copied'));
  return (found as { value: string | null }[]).map(({ value }) => value);
}

const UUID = '0196a1b2-c3d4-7e5f-8a9b-0c1d2e3f4a5b';
const TEXTS = ['', 'NULL', '"', '\\', '{a,b}', "'", 'ü😀\u0800', 'line\nfeed', '\u001f'];

test.each<[column: string, value: string | null, write: Row['write']]>([
  ['t', null, (to) => to.text(null)],
  ['t', '', (to) => to.text('')],
  ['t', 'ü😀\n\\', (to) => to.text('ü😀\n\\')],
  ['j', '{"b": 1, "a":"ü😀"}', (to) => to.text('{"b": 1, "a":"ü😀"}')],
  ['ts', '{}', (to) => to.texts([])],
  ['b', '\\x00ff5c', (to) => to.bytes(Buffer.from([0, 255, 92]))],
  ['u', UUID, (to) => to.uuid(UUID.toUpperCase())],
  ['u', null, (to) => to.uuid(null)],
  ['at', '1970-01-01 00:00:00.001+00', (to) => to.time(new Date(1))],
  ['at', null, (to) => to.time(null)],
  ['n4', '2147483647', (to) => to.integer(2 ** 31 - 1)],
  ['n8', `${-(2n ** 63n)}`, (to) => to.bigint(-(2n ** 63n))],
  ['n8', '9007199254740991', (to) => to.bigint(2 ** 53 - 1)],
])('%s: %s comes as it was given', async (column, value, write) => {
  expect(await copied(column, write)).toEqual([value]);
});

test('a list of texts with any characters is stored unchanged', async () => {
  const copy = copyInto<readonly string[]>('copied', { ts: (to, texts) => to.texts(texts) });
  const stored = await database.transaction(async (em) => {
    await copyRows(em, copy, [TEXTS]);
    return em.query('DELETE FROM copied RETURNING ts');
  });
  expect(stored).toEqual([[{ ts: TEXTS }], 1]);
});

test('rows of all sizes around that of a message are stored whole', async () => {
  const around = (size: number) => Array.from({ length: 30 }, (_, index) => size - 29 + index);
  const lengths = [0, 1, ...around(2_048), ...around(65_536), 200_000, 7, ...around(4_096), 1_000_000, 3];
  const texts = lengths.map((length) => 'x'.repeat(length));
  expect(await copied('t', ...texts.map((text) => (to: CopyData) => to.text(text)))).toEqual(texts);
  const bytes = await copied(
    'b',
    ...lengths.map((length) => (to: CopyData) => to.bytes(Buffer.alloc(length, 1))),
  );
  expect(bytes).toEqual(lengths.map((length) => `\\x${'01'.repeat(length)}`));
});

test('texts of long characters, and halves of them, fit in at any place of a message', async () => {
  const texts = Array.from({ length: 40 }, (_, index) => '\u0800'.repeat(21_820 + index));
  expect(await copied('t', ...texts.map((text) => (to: CopyData) => to.text(text)))).toEqual(texts);
  expect(await copied('t', (to) => to.text('a\ud800b'))).toEqual(['a\ufffdb']);
  const lists = texts.map((text) => [text.slice(0, 7), text.slice(7, 340), '']);
  const stored = await copied('ts', ...lists.map((list) => (to: CopyData) => to.texts(list)));
  expect(stored).toEqual(lists.map((list) => `{${list.join(',')}""}`));
});

test.each<[code: string, what: string, column: string, write: Row['write']]>([
  ['22P03', 'an integer beyond its type', 'n8', (to) => to.bigint(2n ** 63n)],
  ['22P03', 'an integer beyond its type', 'n4', (to) => to.integer(2 ** 31)],
  ['22P03', 'a fraction', 'n4', (to) => to.integer(0.5)],
  ['22P03', 'no UUID', 'u', (to) => to.uuid('x'.repeat(36))],
  ['22P03', 'no time', 'at', (to) => to.time(new Date(Number.NaN))],
  ['22008', 'a time before those of Postgres', 'at', (to) => to.time(new Date(-8.64e15))],
  ['22021', 'a zero byte', 't', (to) => to.text('a\0b')],
  ['22P02', 'no JSON', 'j', (to) => to.text('{')],
  ['42703', 'no such column', 'missing', (to) => to.text('')],
])(
  'Postgres refuses with %s: %s; the connection is as good as before',
  async (code, _what, column, write) => {
    const error = await copied(column, write).catch((thrown: unknown) => thrown);
    expect(sqlState(error)).toBe(code);
    expect(await copied('t', (to) => to.text('next'))).toEqual(['next']);
  },
);

test('a COPY behind a failed statement of its transaction is dropped with its data', async () => {
  const copy = copyInto<string>('copied', { t: (to, text) => to.text(text) });
  const failing = database.transaction((em) =>
    pipelined([em.query('SELECT 1 / 0'), copyRows(em, copy, ['x'.repeat(300_000)]), em.query('SELECT 1')]),
  );
  await expect(failing).rejects.toThrow('division by zero');
  expect(await copied('t', (to) => to.text('next'))).toEqual(['next']);
});
