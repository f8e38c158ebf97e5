import { readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { documentProblems } from '@payments/runtime/testing';
import { openApiDocument } from './document.js';

const document = JSON.parse(JSON.stringify(openApiDocument()));

test('docs/openapi.json is what the schemas give: else run `npm run docs`', () => {
  const file = readFileSync(new URL('../../../../docs/openapi.json', import.meta.url), 'utf8');
  expect(JSON.parse(file)).toEqual(document);
});

test('it is a valid OpenAPI 3.1 document', async () => {
  expect(await documentProblems(document)).toEqual([]);
});

test('every field of a command is described with what it may hold', () => {
  const { amount, currency, orderId } = document.components.schemas.CreatePaymentIntent.properties;
  expect(amount).toMatchObject({ type: 'integer', minimum: 1, maximum: 2 ** 53 - 2 });
  expect(currency.enum).toContain('KWD');
  expect(orderId).toMatchObject({ type: 'string', minLength: 1, maxLength: 255 });
  for (const schema of Object.values<Record<string, unknown>>(document.components.schemas)) {
    if (schema.properties !== undefined && 'additionalProperties' in schema) {
      expect(schema.additionalProperties).toBe(false);
    }
  }
});
