import { openApi } from '@payments/runtime';
import { COMMANDS_PATH, ENDPOINTS } from '../commands/endpoints.js';
import { commandOperation, INTENT_ID_PARAMETER } from './commands.js';
import { SCHEMAS } from './schemas.js';
import { webhookPath } from './webhooks.js';

const INTRODUCTION = `Webhooks and payment commands in. Either is answered with success only once all in-sync
replicas of the broker have it; anything else may be sent again: a webhook is known by its id, a command by its
Idempotency-Key. What became of a command, and the intents themselves, are read at the query service.`;

/** OpenAPI 3.1 of what the ingress takes over HTTP, from the schemas that it checks with. */
export function openApiDocument(): object {
  return openApi({
    title: 'Payment pipeline: ingress',
    description: INTRODUCTION,
    port: 8080,
    tags: [
      { name: 'webhooks', description: 'From gateways.' },
      { name: 'commands', description: 'From order services.' },
    ],
    paths: {
      '/webhooks/{provider}': webhookPath(),
      ...Object.fromEntries(
        ENDPOINTS.map((endpoint) => [
          COMMANDS_PATH + endpoint.path,
          {
            ...(endpoint.path === '' ? {} : { parameters: [INTENT_ID_PARAMETER] }),
            post: commandOperation(endpoint),
          },
        ]),
      ),
    },
    schemas: SCHEMAS,
  });
}
