import { expect, test } from '@jest/globals';
import { z } from 'zod';
import { documentProblems } from '../testing/document-problems.js';
import { jsonSchemasOf } from './json-schemas.js';
import { openApi } from './open-api.js';
import { jsonResponse, problemResponse } from './responses.js';

const item = z.object({ name: z.string().meta({ description: 'Its name.' }), count: z.int().default(1) });
const page = z.object({ items: z.array(item), best: item.nullable() });

test('a schema that is part of another is referred to by its name', () => {
  const { Item, Page } = jsonSchemasOf({ Item: item, Page: page });
  expect(Item).toMatchObject({
    type: 'object',
    required: ['name'],
    properties: { name: { type: 'string', description: 'Its name.' }, count: { default: 1 } },
  });
  expect(Item).not.toHaveProperty('additionalProperties');
  const reference = { $ref: '#/components/schemas/Item' };
  expect(Page).toMatchObject({
    properties: { items: { items: reference }, best: { anyOf: [reference, { type: 'null' }] } },
  });
  expect(JSON.stringify([Item, Page])).not.toMatch(/"\$(id|schema)"/);
});

test('a document of parts is valid, and a reference that leads nowhere is a problem', async () => {
  const get = (schema: string) => ({
    responses: { 200: jsonResponse('Some.', schema), 401: problemResponse('No key.') },
  });
  const document = (schema: string) =>
    openApi({
      title: 'Things',
      description: 'Many\nthings.',
      port: 8080,
      tags: [],
      paths: { '/things': { get: get(schema) } },
      schemas: jsonSchemasOf({ Page: page, Item: item }),
    });
  expect(await documentProblems(document('Page'))).toEqual([]);
  expect(await documentProblems(document('Pages'))).toMatchObject([
    expect.stringContaining('#/components/schemas/Pages'),
  ]);
  expect(await documentProblems({ openapi: '3.1.0' })).not.toEqual([]);
});
