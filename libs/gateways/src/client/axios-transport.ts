import {
  type ClientRequest,
  Agent as HttpAgent,
  request as httpRequest,
  type IncomingMessage,
} from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest, type RequestOptions } from 'node:https';
import type { Socket } from 'node:net';
import { connectMsOf } from './connect-limit.js';

/** axios' `transport` option: called in place of `node:https`. */
export interface AxiosTransport {
  request(options: RequestOptions, onResponse: (response: IncomingMessage) => void): ClientRequest;
}

export interface AxiosTransportOptions {
  /** Destination of all requests, whatever their host: http or https, with or without a path prefix. */
  readonly apiBase: string;
  /** Time-out of a whole call in milliseconds; connecting may take a part of it. */
  readonly timeoutMs: number;
}

/** Shorter than the gateways' idle time-outs: reusing a connection while it is being closed loses a call. */
const IDLE_MS = 10_000;

/**
 * For SDKs that are built on axios with fixed hosts. Does not follow redirects (they could repeat a payment, and leak
 * the credentials to another host) and does not use proxies. A connection time-out fails like a refused connection,
 * so that the call is known not to have been sent.
 */
export function createAxiosTransport({ apiBase, timeoutMs }: AxiosTransportOptions): AxiosTransport {
  const { protocol, hostname, port, pathname } = new URL(apiBase);
  const isTls = protocol === 'https:';
  const send = isTls ? httpsRequest : httpRequest;
  const agent = new (isTls ? HttpsAgent : HttpAgent)({ keepAlive: true, timeout: IDLE_MS });
  const prefix = pathname.replace(/\/$/, '');
  const connectMs = connectMsOf(timeoutMs);
  // Only URLs put an IPv6 address in brackets.
  const address = { protocol, hostname: hostname.replace(/^\[|\]$/g, ''), port };
  return {
    request: (options, onResponse) => {
      const target = { ...options, ...address, path: `${prefix}${options.path ?? '/'}`, agent };
      const request = send(target, onResponse);
      request.once('socket', (socket) => limitConnecting(request, socket, { connectMs, isTls }));
      return request;
    },
  };
}

/** Nothing of a request is sent before its connection, with TLS, is established. */
function limitConnecting(
  request: ClientRequest,
  socket: Socket,
  { connectMs, isTls }: { readonly connectMs: number; readonly isTls: boolean },
): void {
  if (request.reusedSocket) return;
  const timer = setTimeout(() => request.destroy(connectTimeout(connectMs)), connectMs);
  socket.once(isTls ? 'secureConnect' : 'connect', () => clearTimeout(timer));
  request.once('close', () => clearTimeout(timer));
}

/** The error code of the operating system's own time-out, which takes minutes. */
function connectTimeout(connectMs: number): Error {
  const error = new Error(`connect ETIMEDOUT: no connection within ${connectMs} ms`);
  return Object.assign(error, { code: 'ETIMEDOUT', syscall: 'connect' });
}
