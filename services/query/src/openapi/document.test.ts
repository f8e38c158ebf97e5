import { readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { documentProblems } from '@payments/runtime/testing';
import { ENDPOINTS } from '../endpoints.js';
import { openApiDocument } from './document.js';

const document = JSON.parse(JSON.stringify(openApiDocument()));

test('docs/openapi-query.json is what the endpoints give: else run `npm run docs`', () => {
  const file = readFileSync(new URL('../../../../docs/openapi-query.json', import.meta.url), 'utf8');
  expect(JSON.parse(file)).toEqual(document);
});

test('it is a valid OpenAPI 3.1 document', async () => {
  expect(await documentProblems(document)).toEqual([]);
});

test('every endpoint is there, with each of its parameters and its answer', () => {
  expect(Object.keys(document.paths)).toEqual(ENDPOINTS.map(({ path }) => path));
  for (const { path, pathParameters, queryParameters } of ENDPOINTS) {
    const { parameters, responses } = document.paths[path].get;
    expect(parameters.map(({ name }: { name: string }) => name)).toEqual([
      ...Object.keys(pathParameters),
      ...Object.keys(queryParameters),
    ]);
    // OpenAPI requires every parameter of the path's template.
    expect(Object.keys(pathParameters)).toEqual(Array.from(path.matchAll(/\{(\w+)\}/g), ([, name]) => name));
    expect(responses[200].content['application/json'].schema.$ref).toMatch(/^#\/components\/schemas\/\w+$/);
  }
});

test('pages refer to the schema of what they hold', () => {
  const { Reviews, CustomerPayments } = document.components.schemas;
  expect(Reviews.properties.reviews.items).toEqual({ $ref: '#/components/schemas/UnknownOutcome' });
  expect(CustomerPayments.properties.payments.items).toEqual({ $ref: '#/components/schemas/PaymentIntent' });
});
