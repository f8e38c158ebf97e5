import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { GatewayProvider } from '@payments/domain';
import type { Logger } from '@payments/runtime';
import type { SimulatorClock } from '../clock.js';
import type { Answer, Call } from './call.js';
import { gatewayOf } from './gateway-of.js';
import { BodyTooLargeError, readBody } from './read-body.js';
import { sendAnswer } from './send-answer.js';
import type { Ending } from './serve-call.js';

/** What a request may be for, besides a gateway. */
export interface Desk {
  /** The first segment of its paths. */
  readonly prefix: string;
  serve(call: Call): Answer | Promise<Answer>;
}

export interface HttpServerParts {
  readonly clock: SimulatorClock;
  readonly logger: Logger;
  readonly desks: readonly Desk[];
  serveGateway(provider: GatewayProvider, call: Call): Promise<Ending>;
  /** Answers what is for whoever runs the process; false: it is not. */
  readonly admin?: ((request: IncomingMessage, response: ServerResponse) => boolean) | undefined;
}

/** Long, as at the gateways: a connection that is closed while a client uses it again would look like a fault. */
const KEEP_ALIVE_MS = 75_000;

/** Any: what is asked for is a path. */
const BASE = 'http://simulator';

export interface ListenOptions {
  /** 0: any free one. */
  readonly port: number;
  readonly host?: string | undefined;
  /** All requests are for this gateway. */
  readonly only?: GatewayProvider | undefined;
}

export interface HttpServer {
  readonly port: number;
  close(): Promise<void>;
}

/** Serves gateways, control and the customer's pages on one port, or one gateway on its own. */
export async function listen(parts: HttpServerParts, options: ListenOptions): Promise<HttpServer> {
  const server = createServer((request, response) => {
    serve(parts, options.only, request, response).catch((error: unknown) => failed(parts, response, error));
  });
  server.keepAliveTimeout = KEEP_ALIVE_MS;
  server.listen(options.port, options.host);
  await once(server, 'listening');
  return { port: (server.address() as AddressInfo).port, close: () => close(server) };
}

async function close(server: Server): Promise<void> {
  const closed = once(server, 'close');
  server.close();
  server.closeAllConnections();
  await closed;
}

async function serve(
  parts: HttpServerParts,
  only: GatewayProvider | undefined,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  if (only === undefined && parts.admin?.(request, response) === true) return;
  const target = request.url ?? '';
  if (!URL.canParse(target, BASE)) {
    return sendAnswer(response, { status: 400, body: { error: 'the URL cannot be read' } });
  }
  const url = new URL(target, BASE);
  const body = await readBody(request);
  const { method = 'GET', headers } = request;
  const call: Call = { method, headers, body, path: url.pathname, query: url.searchParams };
  const desk = only === undefined ? deskOf(parts.desks, call) : undefined;
  if (desk !== undefined) return sendAnswer(response, await desk.serve(call));
  const found = gatewayOf(call.path, headers);
  const ending = await parts.serveGateway(only ?? found.provider, { ...call, path: found.path });
  await end(parts.clock, request, response, ending);
}

function deskOf(desks: readonly Desk[], { path }: Call): Desk | undefined {
  return desks.find(({ prefix }) => path === `/${prefix}` || path.startsWith(`/${prefix}/`));
}

async function end(
  clock: SimulatorClock,
  { socket }: IncomingMessage,
  response: ServerResponse,
  ending: Ending,
): Promise<void> {
  switch (ending.kind) {
    case 'answer': {
      const date = new Date(clock.now()).toUTCString();
      return sendAnswer(response, { ...ending.answer, headers: { date, ...ending.answer.headers } });
    }
    case 'hold':
      await clock.wait(ending.holdMs);
      socket.destroy();
      return;
    case 'cut':
      if (ending.isReset) socket.resetAndDestroy();
      else socket.destroy();
  }
}

function failed({ logger }: HttpServerParts, response: ServerResponse, error: unknown): void {
  if (error instanceof BodyTooLargeError) {
    sendAnswer(response, {
      status: 413,
      headers: { connection: 'close' },
      body: { error: error.message },
    });
    return;
  }
  if (response.socket === null || response.socket.destroyed) return;
  logger.error({ err: error }, 'the simulator failed to answer');
  if (response.headersSent) response.destroy();
  else sendAnswer(response, { status: 500, body: { error: 'the simulator failed: see its log' } });
}
