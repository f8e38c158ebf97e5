import { z } from 'zod';
import { type CommandEndpoint, ENDPOINTS } from '../commands/endpoints.js';

const WEBHOOK_RECEIVED = {
  type: 'object',
  required: ['received', 'id'],
  properties: {
    received: { const: true },
    id: { type: 'string', description: 'The webhook id.', examples: ['stripe:evt_1'] },
  },
};

const COMMAND_ACCEPTED = {
  type: 'object',
  required: ['commandId', 'commandUrl', 'intentId', 'statusUrl'],
  properties: {
    commandId: { type: 'string', format: 'uuid', description: 'Follows from API key and Idempotency-Key.' },
    commandUrl: { type: 'string', format: 'uri', description: 'Tells what became of the command.' },
    intentId: {
      ...{ type: 'string', format: 'uuid' },
      description: 'Follows from order, provider and attempt: the intent may not exist yet.',
    },
    statusUrl: { type: 'string', format: 'uri', description: 'Tells the state of the intent.' },
  },
};

const PROBLEM = {
  type: 'object',
  description: 'RFC 9457.',
  required: ['type', 'title', 'status', 'detail'],
  properties: {
    type: { type: 'string', examples: ['about:blank'] },
    title: { type: 'string' },
    status: { type: 'integer' },
    detail: { type: 'string', description: 'What to do about it.' },
    errors: {
      type: 'array',
      description: 'Each field that has something wrong with it.',
      items: {
        type: 'object',
        required: ['field', 'problem'],
        properties: {
          field: { type: 'string', description: 'Its path, joined by dots; empty for the whole body.' },
          problem: { type: 'string', description: 'Completes a sentence that begins with the field.' },
        },
      },
    },
  },
};

export const COMPONENTS = {
  securitySchemes: {
    apiKey: { type: 'http', scheme: 'bearer', description: 'An API key.' },
  },
  schemas: {
    ...Object.fromEntries(ENDPOINTS.map((endpoint) => [bodySchemaName(endpoint), bodySchema(endpoint)])),
    CommandAccepted: COMMAND_ACCEPTED,
    WebhookReceived: WEBHOOK_RECEIVED,
    Problem: PROBLEM,
  },
};

export function bodySchemaName({ type }: CommandEndpoint): string {
  return `${type.charAt(0).toUpperCase()}${type.slice(1)}PaymentIntent`;
}

/** As a sender writes it: what has a default may be left out. */
function bodySchema({ body }: CommandEndpoint): object {
  const { $schema, ...schema } = z.toJSONSchema(body, { io: 'input' });
  return schema;
}
