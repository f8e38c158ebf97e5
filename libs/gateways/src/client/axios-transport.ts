import {
  type ClientRequest,
  Agent as HttpAgent,
  request as httpRequest,
  type IncomingMessage,
} from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest, type RequestOptions } from 'node:https';
import type { Socket } from 'node:net';
import { connectMsOf } from './connect-limit.js';

/** What axios takes as `transport`: it is called in place of `node:https`. */
export interface AxiosTransport {
  request(options: RequestOptions, onResponse: (response: IncomingMessage) => void): ClientRequest;
}

export interface AxiosTransportOptions {
  /** Where requests go, whatever host they were for: http or https, with a path in front or without. */
  readonly apiBase: string;
  /** Of a whole call. Connecting may take a part of it. */
  readonly timeoutMs: number;
}

/** Sooner than gateways close an idle connection: one that is closed while it is used again loses a call. */
const IDLE_MS = 10_000;

/**
 * For SDKs that are built on axios and know only hosts of their own. It follows no redirect (followed, one could
 * make a payment twice, and hand the credentials to another host) and knows no proxy. A connection that does not
 * come about in time fails as one that is refused does, so that a call is known not to have been sent.
 */
export function createAxiosTransport({ apiBase, timeoutMs }: AxiosTransportOptions): AxiosTransport {
  const { protocol, hostname, port, pathname } = new URL(apiBase);
  const isTls = protocol === 'https:';
  const send = isTls ? httpsRequest : httpRequest;
  const agent = new (isTls ? HttpsAgent : HttpAgent)({ keepAlive: true, timeout: IDLE_MS });
  const prefix = pathname.replace(/\/$/, '');
  const connectMs = connectMsOf(timeoutMs);
  // An IPv6 address has brackets in URLs alone.
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

/** Nothing of a request is sent before its connection, with TLS, has come about. */
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

/** As the operating system's own, which comes after minutes. */
function connectTimeout(connectMs: number): Error {
  const error = new Error(`connect ETIMEDOUT: no connection within ${connectMs} ms`);
  return Object.assign(error, { code: 'ETIMEDOUT', syscall: 'connect' });
}
