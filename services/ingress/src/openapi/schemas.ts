import { jsonSchemasOf } from '@payments/runtime';
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
    commandId: { type: 'string', format: 'uuid', description: 'Derived from API key and Idempotency-Key.' },
    commandUrl: { type: 'string', format: 'uri', description: 'Where to read the outcome of the command.' },
    intentId: {
      type: 'string',
      format: 'uuid',
      description: 'Derived from order, provider and attempt: the intent may not exist yet.',
    },
    statusUrl: { type: 'string', format: 'uri', description: 'Where to read the state of the intent.' },
  },
};

export const SCHEMAS = {
  ...jsonSchemasOf(
    Object.fromEntries(ENDPOINTS.map((endpoint) => [bodySchemaName(endpoint), endpoint.body])),
  ),
  CommandAccepted: COMMAND_ACCEPTED,
  WebhookReceived: WEBHOOK_RECEIVED,
};

export function bodySchemaName({ type }: CommandEndpoint): string {
  return `${type.charAt(0).toUpperCase()}${type.slice(1)}PaymentIntent`;
}
