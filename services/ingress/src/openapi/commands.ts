import { jsonResponse, problemResponse, RETRY_AFTER, schemaRef } from '@payments/runtime';
import type { CommandEndpoint } from '../commands/endpoints.js';
import { bodySchemaName } from './schemas.js';
import { UNAVAILABLE } from './unavailable.js';

export const INTENT_ID_PARAMETER = {
  name: 'intentId',
  in: 'path',
  required: true,
  schema: { type: 'string', format: 'uuid' },
  description: 'From the answer to the creation.',
};

const IDEMPOTENCY_KEY_PARAMETER = {
  name: 'Idempotency-Key',
  in: 'header',
  required: true,
  description:
    'New for each command, such as a random UUID; a command is repeated with its own key and body. What looks like a ' +
    'card number is refused.',
  schema: { type: 'string', pattern: '^[!-~]{1,255}$' },
};

/** IETF draft-ietf-httpapi-ratelimit-headers, up to its revision 06. */
const RATE_LIMIT_HEADERS = {
  'RateLimit-Limit': {
    description: 'Creations allowed per customer and minute.',
    schema: { type: 'integer' },
  },
  'RateLimit-Remaining': { description: 'How many more are allowed right now.', schema: { type: 'integer' } },
  'RateLimit-Reset': {
    description: 'Seconds until one more is allowed than now.',
    schema: { type: 'integer' },
  },
};

export function commandOperation(endpoint: CommandEndpoint): object {
  const { type, path, summary, scope } = endpoint;
  const creates = type === 'create';
  return {
    operationId: `${type}PaymentIntent`,
    tags: ['commands'],
    summary,
    description: `Needs the scope ${scope}${creates ? ', and payments:confirm where confirm is true' : ''}.`,
    security: [{ apiKey: [] }],
    parameters: [IDEMPOTENCY_KEY_PARAMETER],
    requestBody: {
      required: creates,
      content: {
        'application/json': { schema: schemaRef(bodySchemaName(endpoint)) },
      },
    },
    responses: {
      202: jsonResponse(
        'Stored: it will be one command, however often it is sent.',
        'CommandAccepted',
        creates ? RATE_LIMIT_HEADERS : undefined,
      ),
      400: problemResponse('The body is not JSON in UTF-8, or the Idempotency-Key is missing or malformed.'),
      401: problemResponse('The API key is missing, unknown or expired.'),
      403: problemResponse('The API key lacks the scope.'),
      ...(path === '' ? {} : { 404: problemResponse('The id in the path is not an intent id.') }),
      408: problemResponse('The body arrived too slowly.'),
      413: problemResponse('The body is too large.'),
      415: problemResponse('The body is not application/json.'),
      422: problemResponse(
        'Fields are invalid (`errors` names each), something looks like a card number, or the Idempotency-Key was ' +
          'used for another command.',
      ),
      ...(creates
        ? {
            429: problemResponse('Too many creations for this customer.', {
              ...RATE_LIMIT_HEADERS,
              ...RETRY_AFTER,
            }),
          }
        : {}),
      503: UNAVAILABLE,
    },
  };
}
