import {
  createServer,
  IncomingMessage,
  type RequestListener,
  type Server,
  type ServerOptions,
  ServerResponse,
} from 'node:http';
import type { AddressInfo, Server as NetServer } from 'node:net';
import { sendProblemTo } from './problem.js';

const HEADERS_TIMEOUT_MS = 5_000;
/** Longer than the idle time-out of the usual load balancers (60 s): they, not we, end idle connections. */
const KEEP_ALIVE_TIMEOUT_MS = 75_000;

/** Between two looks for connections that fell idle during shutdown. */
const IDLE_SWEEP_MS = 100;

/** An application of express, and the prototypes that it gives requests and answers. */
export interface Application extends RequestListener {
  request: IncomingMessage;
  response: ServerResponse;
}

/**
 * A server that answers what is no request with a problem.
 *
 * @param requestTimeoutMs longest time that a request may take to arrive; past it, 408 and the connection ends
 */
export function createHttpServer(app: Application, requestTimeoutMs: number): Server {
  const server = createServer(
    {
      ...classesOf(app),
      requestTimeout: requestTimeoutMs,
      headersTimeout: Math.min(HEADERS_TIMEOUT_MS, requestTimeoutMs),
      keepAliveTimeout: KEEP_ALIVE_TIMEOUT_MS,
      connectionsCheckingInterval: 1_000,
    },
    app,
  );
  server.on('clientError', (error, socket) => sendProblemTo(socket, error));
  return server;
}

/**
 * Requests and answers that are born with the prototypes of `app`. Express changes the prototypes of all others, which
 * takes a seventh of the time of a short request.
 */
function classesOf(app: Application): Pick<ServerOptions, 'IncomingMessage' | 'ServerResponse'> {
  class AppRequest extends IncomingMessage {}
  class AppResponse<Request extends IncomingMessage> extends ServerResponse<Request> {}
  app.request = Object.setPrototypeOf(AppRequest.prototype, app.request);
  app.response = Object.setPrototypeOf(AppResponse.prototype, app.response);
  return { IncomingMessage: AppRequest, ServerResponse: AppResponse };
}

/**
 * Listens on `port` of `host`, by default of every interface; 0 is any free port.
 *
 * @returns the port. @throws the error of a port that is used
 */
export function listen(server: NetServer, port: number, host?: string): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => resolve((server.address() as AddressInfo).port));
  });
}

/** Accepts no more, lets the requests under way finish, and cuts what is left at the deadline. */
export function closeServer(server: Server, deadline: AbortSignal): Promise<void> {
  // A connection that is kept alive would keep the server open: told to end with its next answer, or ended
  // once idle if that answer had begun before.
  server.prependListener('request', (_req, res) => {
    res.shouldKeepAlive = false;
  });
  const sweep = setInterval(() => server.closeIdleConnections(), IDLE_SWEEP_MS);
  return new Promise((resolve) => {
    deadline.addEventListener('abort', () => server.closeAllConnections(), { once: true });
    server.close(() => {
      clearInterval(sweep);
      resolve();
    });
    server.closeIdleConnections();
  });
}
