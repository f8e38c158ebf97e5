import type { ServerResponse } from 'node:http';
import { databaseErrorOf, sqlState } from '@payments/persistence';
import {
  authorize,
  BAD_REQUEST,
  documentHandler,
  type Problem,
  ProblemError,
  sendProblem,
  unavailable,
} from '@payments/runtime';
import express, { type Express, type NextFunction, type Request, type Response } from 'express';
import type { Handler } from './endpoint.js';
import { ENDPOINTS } from './endpoints.js';
import { openApiDocument } from './openapi/document.js';
import type { QueryDeps } from './query-deps.js';

const NOT_FOUND: Problem = {
  status: 404,
  title: 'No such resource',
  detail: `There are ${ENDPOINTS.map(({ path }) => path).join(', ')}; /openapi.json describes them.`,
};

const METHOD_NOT_ALLOWED: Problem = {
  status: 405,
  title: 'Method not allowed',
  detail: 'This service only reads: send GET.',
  headers: { allow: 'GET, HEAD' },
};

const FAILED: Problem = { status: 500, title: 'Failed', detail: 'The request failed here; it is logged.' };

/** The HTTP API of the read side. */
export function createApp(deps: QueryDeps): Express {
  const documents = documentHandler({ '/openapi.json': openApiDocument() });
  const app = express();
  app.disable('x-powered-by').disable('etag').set('query parser', false);
  for (const endpoint of ENDPOINTS) {
    const route = endpoint.path.replaceAll(/\{(\w+)\}/g, ':$1');
    const handler = endpoint.handler(deps);
    app
      .route(route)
      .get((req, res) => answer(deps, route, handler, req, res))
      .all((_req, res) => sendProblem(res, METHOD_NOT_ALLOWED));
  }
  app.use((req, res) => {
    if (!documents(req, res) && !deps.admin(req, res)) sendProblem(res, NOT_FOUND);
  });
  app.use((error: unknown, _req: Request, res: Response, next: NextFunction) => {
    if (res.headersSent) return next(error);
    // Express sets a 4xx status on errors of parsing, such as a path that is not UTF-8.
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
    const { id: keyId } = authorize(keys, req, 'payments:read', Date.now());
    const onGone = (end: () => void) => void (res.closed ? end() : res.once('close', end));
    sendJson(res, await handler(req, { keyId, onGone }));
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
  return isUnavailable ? unavailable('What was requested cannot be read at the moment. Try again.') : FAILED;
}
