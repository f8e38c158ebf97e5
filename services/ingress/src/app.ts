import { type AdminHandler, BAD_REQUEST, refuse, unavailable } from '@payments/runtime';
import express, { type Express, type NextFunction, type Request, type Response } from 'express';
import { addCommandRoutes } from './command-routes.js';
import { addDocumentRoutes } from './document-routes.js';
import type { ReceiveCommandDeps } from './handlers/receive-command.js';
import type { ReceiveWebhookDeps } from './handlers/receive-webhook.js';
import { NOT_FOUND } from './refusals.js';
import { addWebhookRoutes } from './webhook-routes.js';

export interface AppDeps {
  readonly webhooks: ReceiveWebhookDeps;
  readonly commands: ReceiveCommandDeps;
  readonly admin: AdminHandler;
}

/** The HTTP surface of the ingress. */
export function createApp({ webhooks, commands, admin }: AppDeps): Express {
  const app = express();
  // Each costs every request something that no webhook sender reads.
  app.disable('x-powered-by').disable('etag').set('query parser', false);
  // Webhooks first: routes are tried in turn, and nearly all requests are webhooks.
  addWebhookRoutes(app, webhooks);
  addCommandRoutes(app, commands);
  addDocumentRoutes(app);
  app.use((req, res) => {
    if (!admin(req, res)) refuse(req, res, NOT_FOUND);
  });
  app.use((error: unknown, req: Request, res: Response, next: NextFunction) => {
    webhooks.events.failed(error);
    if (res.headersSent) return next(error);
    refuse(req, res, isBadRequest(error) ? BAD_REQUEST : unavailable('The request failed here. Try again.'));
  });
  return app;
}

/** Express marks what it could not parse, such as a path that is not UTF-8, with a 4xx status. */
function isBadRequest(error: unknown): boolean {
  return error instanceof Error && 'status' in error && Number(error.status) < 500;
}
