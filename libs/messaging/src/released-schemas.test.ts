import { globSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from '@jest/globals';
import { TOPICS } from '@payments/contracts';
import avro from 'avsc';
import { boundedTypes } from './bounded-types.js';

const SCHEMAS = fileURLToPath(new URL('../../contracts/schemas/', import.meta.url));
const RELEASED = globSync('released/*/*.avsc', { cwd: SCHEMAS });

/** Without an error if the present schema of that name reads what this one wrote. */
function readBack(released: avro.schema.RecordType): avro.Resolver {
  const spec = Object.values(TOPICS).find(({ schema }) => schema.name === released.name);
  if (spec === undefined) throw new Error(`no topic has values of ${released.name} any more`);
  const present = avro.Type.forSchema(spec.schema as avro.Schema, { typeHook: boundedTypes });
  return present.createResolver(avro.Type.forSchema(released, { typeHook: boundedTypes }));
}

function schemaIn(file: string): avro.schema.RecordType {
  return JSON.parse(readFileSync(`${SCHEMAS}${file}`, 'utf8')) as avro.schema.RecordType;
}

test.each(RELEASED)('what was written under %s is read by the present schema', (file) => {
  expect(() => readBack(schemaIn(file))).not.toThrow();
});

test('a field without a default that a release lacks is noticed', () => {
  const [file = ''] = RELEASED.filter((name) => name.endsWith('webhook-received.avsc'));
  const released = schemaIn(file);
  const fields = released.fields.filter(({ name }) => name !== 'sealedBody');
  expect(() => readBack({ ...released, fields })).toThrow('sealedBody');
});
