import type { ServerResponse } from 'node:http';
import { databaseErrorOf, type ReadReplica, sqlState } from '@payments/persistence';
import {
  type AdminHandler,
  type ApiKeysFile,
  authorize,
  BAD_REQUEST,
  type Problem,
  ProblemError,
  sendProblem,
  unavailable,
} from '@payments/runtime';
import express, { type Express, type NextFunction, type Request, type Response } from 'express';
import { getCommand } from './handlers/get-command.js';
import { type GetCustomerPaymentsDeps, getCustomerPayments } from './handlers/get-customer-payments.js';
import { type GetIntentDeps, getIntent } from './handlers/get-intent.js';
import { getOrderPayments } from './handlers/get-order-payments.js';
import { getTimeline } from './handlers/get-timeline.js';
import { webhookStatistics } from './handlers/get-webhook-statistics.js';
import type { ParameterSource } from './parameters.js';
import type { QueryEvents } from './query-events.js';

export interface QueryDeps extends GetIntentDeps, GetCustomerPaymentsDeps {
  readonly replica: ReadReplica;
  readonly events: QueryEvents;
  readonly admin: AdminHandler;
  readonly keys: Pick<ApiKeysFile, 'find'>;
}

/** Resolves to an answer in JSON. */
type Handler = (source: ParameterSource, onGone: (end: () => void) => void) => Promise<string>;

const NOT_FOUND: Problem = {
  status: 404,
  title: 'No such resource',
  detail:
    'There are /v1/payment-intents/{intentId}, its /timeline, /v1/orders/{orderId}/payments, ' +
    '/v1/customers/{customerId}/payments, /v1/commands/{commandId} and /v1/webhooks/stats.',
};

const METHOD_NOT_ALLOWED: Problem = {
  status: 405,
  title: 'Method not allowed',
  detail: 'This service only reads: send GET.',
  headers: { allow: 'GET, HEAD' },
};

const FAILED: Problem = { status: 500, title: 'Failed', detail: 'The request failed here; it is logged.' };

/** The HTTP surface of the read side. */
export function createApp(deps: QueryDeps): Express {
  const routes: Readonly<Record<string, Handler>> = {
    '/v1/payment-intents/:intentId': (source, onGone) => getIntent(deps, source, onGone),
    '/v1/payment-intents/:intentId/timeline': (source) => getTimeline(deps, source),
    '/v1/orders/:orderId/payments': (source) => getOrderPayments(deps, source),
    '/v1/customers/:customerId/payments': (source) => getCustomerPayments(deps, source),
    '/v1/commands/:commandId': (source) => getCommand(deps, source),
    '/v1/webhooks/stats': webhookStatistics(deps.replica),
  };
  const app = express();
  app.disable('x-powered-by').disable('etag').set('query parser', false);
  for (const [route, handler] of Object.entries(routes)) {
    app
      .route(route)
      .get((req, res) => answer(deps, route, handler, req, res))
      .all((_req, res) => sendProblem(res, METHOD_NOT_ALLOWED));
  }
  app.use((req, res) => {
    if (!deps.admin(req, res)) sendProblem(res, NOT_FOUND);
  });
  app.use((error: unknown, _req: Request, res: Response, next: NextFunction) => {
    if (res.headersSent) return next(error);
    // Express marks what it could not parse, such as a path that is not UTF-8, with a 4xx status.
    const isBadRequest = error instanceof Error && 'status' in error && Number(error.status) < 500;
    if (!isBadRequest) deps.events.failed('none', error);
    sendProblem(res, isBadRequest ? BAD_REQUEST : FAILED);
  });
  return app;
}

async function answer(
  { keys, events }: QueryDeps,
  route: string,
  handler: Handler,
  req: Request,
  res: Response,
): Promise<void> {
  const startedAt = performance.now();
  let status = 200;
  try {
    authorize(keys, req, 'payments:read', Date.now());
    sendJson(res, await handler(req, (end) => (res.closed ? end() : res.once('close', end))));
  } catch (error) {
    const problem = problemOf(error);
    status = problem.status;
    if (status >= 500 && !(error instanceof ProblemError)) events.failed(route, error);
    sendProblem(res, problem);
  }
  events.answered(route, status, startedAt);
}

function sendJson(res: ServerResponse, body: string): void {
  res.writeHead(200, {
    'content-type': 'application/json',
    'content-length': Buffer.byteLength(body),
    'cache-control': 'no-store',
  });
  res.end(body);
}

function problemOf(error: unknown): Problem {
  if (error instanceof ProblemError) return error.problem;
  const isUnavailable =
    databaseErrorOf(error)?.kind === 'unavailable' || /^(5[37]|25006)/.test(sqlState(error) ?? '');
  return isUnavailable ? unavailable('What was asked for cannot be read just now. Ask again.') : FAILED;
}
