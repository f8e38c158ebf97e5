import { isGatewayProvider } from '@payments/domain';
import { type AdminHandler, inSpanFromHeaders, SpanKind } from '@payments/runtime';
import express, { type Express, type NextFunction, type Request, type Response } from 'express';
import { type ReceiveWebhookDeps, receiveWebhook } from './handlers/receive-webhook.js';
import { BAD_REQUEST, METHOD_NOT_ALLOWED, NOT_FOUND, sendProblem, unavailable } from './problem.js';

/** The HTTP surface of the ingress. */
export function createApp(deps: ReceiveWebhookDeps & { readonly admin: AdminHandler }): Express {
  const app = express();
  // Each costs every request something that no webhook sender reads.
  app.disable('x-powered-by').disable('etag').set('query parser', false);
  app
    .route('/webhooks/:provider')
    .post((req, res) => {
      const { provider } = req.params;
      if (!isGatewayProvider(provider)) return sendProblem(res, NOT_FOUND);
      return inSpanFromHeaders(
        'receive webhook',
        req.headers,
        () => receiveWebhook(deps, provider, req, res),
        SpanKind.SERVER,
      );
    })
    .all((_req, res) => sendProblem(res, METHOD_NOT_ALLOWED));
  app.use((req, res) => {
    if (!deps.admin(req, res)) sendProblem(res, NOT_FOUND);
  });
  app.use((error: unknown, _req: Request, res: Response, next: NextFunction) => {
    deps.events.failed(error);
    if (res.headersSent) return next(error);
    sendProblem(res, isBadRequest(error) ? BAD_REQUEST : unavailable('The request failed here. Try again.'));
  });
  return app;
}

/** Express marks what it could not parse, such as a path that is not UTF-8, with a 4xx status. */
function isBadRequest(error: unknown): boolean {
  return error instanceof Error && 'status' in error && Number(error.status) < 500;
}
