import { GATEWAY_PROVIDERS } from '@payments/domain';
import { jsonResponse, problemResponse } from '@payments/runtime';
import { UNAVAILABLE } from './unavailable.js';

export function webhookPath(): object {
  return {
    parameters: [
      { name: 'provider', in: 'path', required: true, schema: { type: 'string', enum: GATEWAY_PROVIDERS } },
    ],
    post: {
      operationId: 'receiveWebhook',
      tags: ['webhooks'],
      summary: 'Receives a webhook as its gateway signed it.',
      description: 'The signature, in the headers of the gateway, covers the bytes of the body as sent.',
      security: [],
      requestBody: {
        required: true,
        description: "The gateway's own event, at most 1 MiB, not compressed.",
        content: { 'application/json': { schema: { type: 'object' } } },
      },
      responses: {
        200: jsonResponse('Stored.', 'WebhookReceived'),
        400: problemResponse('The signature is valid but the body is unreadable; or it was compressed.'),
        401: problemResponse('The signature is missing, wrong, or outside its time window.'),
        404: problemResponse('No such gateway.'),
        408: problemResponse('The body arrived too slowly.'),
        413: problemResponse('The body is too large.'),
        503: UNAVAILABLE,
      },
    },
  };
}
