import { jsonResponse, jsonSchemasOf, openApi, problemResponse, RETRY_AFTER } from '@payments/runtime';
import type { Endpoint } from '../endpoint.js';
import { ENDPOINTS } from '../endpoints.js';
import type { ParameterSet } from '../parameters.js';
import { nameOfAnswer, SCHEMAS } from './schemas.js';

const INTRODUCTION = `Reads payments, with an API key of scope payments:read: JSON in camelCase, money in minor
units, times in ISO 8601. With Redis down everything is answered, from Postgres; with the replica gone or behind, from
the primary. Fields may be added to answers.`;

/** OpenAPI 3.1 document, generated from the endpoints. */
export function openApiDocument(): object {
  return openApi({
    title: 'Payment pipeline: query',
    description: INTRODUCTION,
    port: 8081,
    tags: [{ name: 'reads', description: 'For order services and operators.' }],
    paths: Object.fromEntries(ENDPOINTS.map((endpoint) => [endpoint.path, { get: operation(endpoint) }])),
    schemas: jsonSchemasOf(SCHEMAS),
  });
}

function operation(endpoint: Endpoint): object {
  const { operationId, summary, description, pathParameters, queryParameters, refusals = {} } = endpoint;
  const parameters = [
    ...parametersOf(pathParameters, { in: 'path', required: true }),
    ...parametersOf(queryParameters, { in: 'query' }),
  ];
  return {
    operationId,
    tags: ['reads'],
    summary,
    description,
    security: [{ apiKey: [] }],
    parameters,
    responses: {
      200: jsonResponse('What there is.', nameOfAnswer(endpoint)),
      400: problemResponse('A parameter is invalid, unknown or given twice; `detail` names each.'),
      401: problemResponse('The API key is missing, unknown or expired.'),
      403: problemResponse('The API key lacks the scope payments:read.'),
      ...Object.fromEntries(
        Object.entries(refusals).map(([status, when]) => [
          status,
          problemResponse(when, status === '429' ? RETRY_AFTER : undefined),
        ]),
      ),
      503: problemResponse('It cannot be read at the moment. Try again.', RETRY_AFTER),
    },
  };
}

function parametersOf(set: ParameterSet, where: object): object[] {
  return Object.entries(set).map(([name, { schema, description }]) => ({
    name,
    ...where,
    description,
    schema,
  }));
}
