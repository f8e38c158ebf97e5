import { isGatewayProvider } from '@payments/domain';
import { inSpanFromHeaders, refuse, SpanKind } from '@payments/runtime';
import type { Express } from 'express';
import { type ReceiveWebhookDeps, receiveWebhook } from './handlers/receive-webhook.js';
import { METHOD_NOT_ALLOWED, NOT_FOUND } from './refusals.js';

export function addWebhookRoutes(app: Express, deps: ReceiveWebhookDeps): void {
  app
    .route('/webhooks/:provider')
    .post((req, res) => {
      const { provider } = req.params;
      if (!isGatewayProvider(provider)) return refuse(req, res, NOT_FOUND);
      return inSpanFromHeaders(
        'receive webhook',
        req.headers,
        () => receiveWebhook(deps, provider, req, res),
        SpanKind.SERVER,
      );
    })
    .all((req, res) => refuse(req, res, METHOD_NOT_ALLOWED));
}
