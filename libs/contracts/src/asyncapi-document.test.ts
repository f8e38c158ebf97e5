import { readFileSync } from 'node:fs';
import specs from '@asyncapi/specs';
import { expect, test } from '@jest/globals';
import { Ajv } from 'ajv';
import formats from 'ajv-formats';
import { asyncApiDocument } from './asyncapi-document.js';
import { TOPICS } from './topics.js';

const document = JSON.parse(JSON.stringify(asyncApiDocument()));

test('docs/asyncapi.json is what the schemas give: else run `npm run docs`', () => {
  const file = readFileSync(new URL('../../../docs/asyncapi.json', import.meta.url), 'utf8');
  expect(JSON.parse(file)).toEqual(document);
});

test('it is a valid AsyncAPI 3.0 document', () => {
  const ajv = new Ajv({ strict: false, validateFormats: true });
  formats.default(ajv);
  const validate = ajv.compile(specs.schemasWithoutId['3.0.0'] as object);
  validate(document);
  expect(validate.errors).toBeNull();
});

test('every topic is a channel with the schema that the registry gets', () => {
  for (const [name, { name: address, schema }] of Object.entries(TOPICS)) {
    expect(document.channels[name].address).toBe(address);
    expect(document.components.messages[name].payload.schema).toEqual(schema);
  }
});
