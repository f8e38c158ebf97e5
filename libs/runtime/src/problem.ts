import { type IncomingMessage, type ServerResponse, STATUS_CODES } from 'node:http';
import type { Duplex } from 'node:stream';

/** An error for the caller: an RFC 9457 problem. */
export interface Problem {
  readonly status: number;
  readonly title: string;
  /** What to do about it. */
  readonly detail: string;
  /** The invalid fields of the request. */
  readonly errors?: readonly FieldProblem[];
  readonly headers?: Readonly<Record<string, string>>;
}

export interface FieldProblem {
  /** Path of the field, joined with dots; empty for the whole body. */
  readonly field: string;
  /** Completes a sentence that begins with the field. */
  readonly problem: string;
}

/** Thrown to reject a request; answered with the problem. */
export class ProblemError extends Error {
  override readonly name: string = 'ProblemError';
  readonly problem: Problem;

  constructor(problem: Problem) {
    super(problem.detail);
    this.problem = problem;
  }
}

export const BAD_REQUEST: Problem = {
  status: 400,
  title: 'Bad request',
  detail: 'The request line or its headers could not be read.',
};

/** @param detail what is unavailable; the caller is asked to retry after `retryAfterSeconds` */
export function unavailable(detail: string, retryAfterSeconds = 1): Problem {
  return {
    status: 503,
    title: 'Not available',
    detail,
    headers: { 'retry-after': String(retryAfterSeconds) },
  };
}

export function sendProblem(res: ServerResponse, problem: Problem): void {
  const { headers, body } = answerOf(problem);
  res.writeHead(problem.status, headers);
  res.end(body);
}

/** Rejects a request without reading its body. */
export function refuse(req: IncomingMessage, res: ServerResponse, problem: Problem): void {
  const { 'transfer-encoding': encoding, 'content-length': length = 0 } = req.headers;
  if (encoding === undefined && Number(length) === 0) sendProblem(res, problem);
  else sendProblemAndClose(req, res, problem);
}

/** Connections whose sender has been answered and that are about to be closed. */
const refused = new WeakSet<Duplex>();

/** Limits for a rejected sender: time to read the response, and bytes still accepted meanwhile. */
const LINGER_MS_MAX = 1_000;
const LINGER_BYTES_MAX = 4 * 1024 * 1024;

/**
 * Answers a request whose body is not wanted, and closes the connection once the body has ended or the sender had
 * time to read the response: closing with unread bytes resets the connection, and the response may be lost with it
 * (RFC 9112, 9.6).
 */
export function sendProblemAndClose(req: IncomingMessage, res: ServerResponse, problem: Problem): void {
  const { headers, body } = answerOf(problem);
  refused.add(req.socket);
  res.writeHead(problem.status, { ...headers, connection: 'close' });
  if (req.readableEnded) {
    res.end(body);
    return;
  }
  res.write(body);
  let taken = 0;
  req.on('data', (chunk: Buffer) => {
    taken += chunk.length;
    if (taken > LINGER_BYTES_MAX) req.pause();
  });
  const end = (): void => {
    clearTimeout(timer);
    res.end();
  };
  const timer = setTimeout(end, LINGER_MS_MAX);
  req.once('end', end).once('close', end);
}

/** Problems by the error codes with which node:http rejects malformed requests. */
const NOT_A_REQUEST: Readonly<Record<string, Problem>> = {
  ERR_HTTP_REQUEST_TIMEOUT: {
    status: 408,
    title: 'Request too slow',
    detail: 'The request did not arrive whole in time. Send it again.',
  },
  HPE_HEADER_OVERFLOW: {
    status: 431,
    title: 'Headers too large',
    detail: 'The headers of a request fit 16 KiB.',
  },
};

/** Answers input that never became a request: too slow, headers too large, or not HTTP. */
export function sendProblemTo(socket: Duplex, { code = '' }: NodeJS.ErrnoException): void {
  // Reset or already closed by the sender: a response would not arrive, or not be understood.
  if (!socket.writable || code === 'ECONNRESET') {
    socket.destroy();
    return;
  }
  if (refused.has(socket)) {
    socket.end(() => socket.destroy());
    return;
  }
  const problem = (Object.hasOwn(NOT_A_REQUEST, code) ? NOT_A_REQUEST[code] : undefined) ?? BAD_REQUEST;
  const { headers, body } = answerOf(problem);
  const lines = Object.entries({ ...headers, connection: 'close' }).map(
    ([name, value]) => `${name}: ${value}`,
  );
  const head = [`HTTP/1.1 ${problem.status} ${STATUS_CODES[problem.status]}`, ...lines].join('\r\n');
  socket.end(`${head}\r\n\r\n${body}`, () => socket.destroy());
}

function answerOf({ status, title, detail, errors, headers }: Problem) {
  const body = JSON.stringify({ type: 'about:blank', title, status, detail, errors });
  return {
    body,
    headers: {
      'content-type': 'application/problem+json',
      'content-length': Buffer.byteLength(body),
      ...headers,
    },
  };
}
