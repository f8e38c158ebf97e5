import { describe, expect, test } from '@jest/globals';
import avro from 'avsc';
import { boundedTypes } from './bounded-types.js';

const LISTS = {
  type: 'record',
  name: 'Lists',
  fields: [
    { name: 'items', type: { type: 'array', items: 'string' } },
    { name: 'values', type: { type: 'map', values: ['null', 'long'] } },
  ],
} as const;
/** The reader's schema of an earlier or later release: it skips what `LISTS` wrote. */
const WITHOUT = { type: 'record', name: 'Lists', fields: [{ name: 'end', type: 'string', default: '' }] };
const WITH_MORE = { ...LISTS, fields: [...LISTS.fields, { name: 'end', type: 'string', default: '' }] };

const typeOf = (schema: object) => avro.Type.forSchema(schema as avro.Schema, { typeHook: boundedTypes });
const lists = typeOf(LISTS);
const long = (value: number) => avro.Type.forSchema('long').toBuffer(value);
const string = (value: string) => avro.Type.forSchema('string').toBuffer(value);
const END = long(0);

const READERS = {
  'by the schema that wrote it': (bytes: Buffer) => lists.fromBuffer(bytes),
  'by another schema': (bytes: Buffer) => {
    const reader = typeOf(WITH_MORE);
    return reader.fromBuffer(bytes, reader.createResolver(lists));
  },
  'by a schema without the lists': (bytes: Buffer) => {
    const reader = typeOf(WITHOUT);
    return reader.fromBuffer(bytes, reader.createResolver(lists));
  },
};

test('arrays and maps are written and read as avsc does', () => {
  const value = { items: ['a', '', 'ü'.repeat(300)], values: { one: 1, none: null } };
  const plain = avro.Type.forSchema(LISTS as unknown as avro.Schema);
  expect(lists.equals(plain)).toBe(true);
  expect(lists.toBuffer(value)).toEqual(plain.toBuffer(value));
  expect(lists.fromBuffer(plain.toBuffer(value))).toEqual(plain.fromBuffer(plain.toBuffer(value)));
});

test('several blocks are one list, also those that say their size', () => {
  const sized = Buffer.concat([string('b'), string('c')]);
  const items = [long(1), string('a'), long(-2), long(sized.length), sized, END];
  const bytes = Buffer.concat([...items, END]);
  expect(lists.fromBuffer(bytes)).toEqual({ items: ['a', 'b', 'c'], values: {} });
  expect(READERS['by another schema'](bytes)).toEqual({ items: ['a', 'b', 'c'], values: {}, end: '' });
  expect(READERS['by a schema without the lists'](bytes)).toEqual({ end: '' });
});

describe.each(Object.entries(READERS))('%s', (_how, read) => {
  test.each([
    ['an array', [long(1e9)]],
    ['an array with a size', [long(-1e15), long(10)]],
    ['the second block of an array', [long(1), string('a'), long(4e9)]],
    ['a map', [END, long(1e15)]],
    ['a map whose key takes all that is left', [END, long(2 ** 40), string('key')]],
  ])('%s that says it has more elements than there are bytes is refused at once', (_what, parts) => {
    expect(() => read(Buffer.concat(parts))).toThrow('a block is longer than the value');
  });
});

describe('bytes', () => {
  const sealed = typeOf({ type: 'record', name: 'Sealed', fields: [{ name: 'body', type: 'bytes' }] });
  const later = typeOf({
    type: 'record',
    name: 'Sealed',
    fields: [
      { name: 'body', type: 'bytes' },
      { name: 'end', type: 'string', default: '' },
    ],
  });
  const readers = {
    'by the schema that wrote them': (bytes: Buffer) => sealed.fromBuffer(bytes),
    'by another schema': (bytes: Buffer) => later.fromBuffer(bytes, later.createResolver(sealed)),
  };

  test.each(Object.entries(readers))('are read %s without a copy', (_how, read) => {
    for (const body of [Buffer.alloc(0), Buffer.from('body'), Buffer.alloc(70_000, 'b')]) {
      const bytes = Buffer.from(sealed.toBuffer({ body }));
      const { body: view } = read(bytes);
      expect(view).toEqual(body);
      expect(view.buffer).toBe(bytes.buffer);
    }
  });

  test.each(Object.entries(readers))('longer than the value are refused, read %s', (_how, read) => {
    for (const length of [5, 1e15, -1, -1e15]) {
      expect(() => read(Buffer.concat([long(length), Buffer.from('body')]))).toThrow(
        'bytes are longer than the value',
      );
    }
  });
});
