import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { Health, HealthReport } from './health.js';
import { listen } from './http-server.js';
import type { Logger } from './logger.js';
import type { Metrics } from './metrics.js';

export interface AdminParts {
  readonly health: Health;
  readonly metrics: Metrics;
  readonly logger: Logger;
}

/** Answers `/metrics`, `/health/live` and `/health/ready`; false for any other path, left untouched. */
export type AdminHandler = (request: IncomingMessage, response: ServerResponse) => boolean;

type Answer = { readonly status: number; readonly type: string; readonly body: string };

/** For a service that has an HTTP server of its own. */
export function adminHandler({ health, metrics, logger }: AdminParts): AdminHandler {
  const routes: Readonly<Record<string, () => Answer | Promise<Answer>>> = {
    '/metrics': async () => ({
      status: 200,
      type: metrics.registry.contentType,
      body: await metrics.registry.metrics(),
    }),
    '/health/live': () => healthAnswer(health.liveness()),
    '/health/ready': async () => healthAnswer(await health.readiness()),
  };
  const answer = async (route: () => Answer | Promise<Answer>): Promise<Answer> => {
    try {
      return await route();
    } catch (error) {
      logger.error({ err: error }, 'a request for metrics or health failed');
      return { status: 500, type: 'text/plain', body: 'failed\n' };
    }
  };
  return (request, response) => {
    const path = request.url?.split('?', 1)[0] ?? '';
    const route = Object.hasOwn(routes, path) ? routes[path] : undefined;
    if (route === undefined) return false;
    if (request.method !== 'GET' && request.method !== 'HEAD') {
      response.setHeader('allow', 'GET, HEAD');
      send(response, { status: 405, type: 'text/plain', body: '' });
      return true;
    }
    void answer(route).then((found) => send(response, found));
    return true;
  };
}

export interface AdminServer {
  readonly port: number;
  close(): Promise<void>;
}

/** Serves {@link adminHandler} on `port` (0: any free one), for a service without a server of its own. */
export async function serveAdmin({
  port,
  host,
  ...parts
}: AdminParts & { readonly port: number; readonly host?: string }): Promise<AdminServer> {
  const handle = adminHandler(parts);
  const server = createServer((request, response) => {
    if (!handle(request, response)) send(response, { status: 404, type: 'text/plain', body: 'not found\n' });
  });
  return {
    port: await listen(server, port, host),
    close: async () => {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}

function healthAnswer({ ok, problems }: HealthReport): Answer {
  const body = JSON.stringify(ok ? { status: 'ok' } : { status: 'failing', problems });
  return { status: ok ? 200 : 503, type: 'application/json', body: `${body}\n` };
}

function send(response: ServerResponse, { status, type, body }: Answer): void {
  response.writeHead(status, {
    'content-type': type,
    'content-length': Buffer.byteLength(body),
    'cache-control': 'no-store',
  });
  response.end(response.req.method === 'HEAD' ? undefined : body);
}
