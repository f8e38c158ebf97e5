import type { IncomingMessage } from 'node:http';
import { type Problem, unavailable } from './problem.js';

/** Thrown when a request has no body that could be verified. The connection cannot be used again. */
export class BodyError extends Error {
  override readonly name = 'BodyError';
  readonly problem: Problem;

  constructor(problem: Problem) {
    super(problem.detail);
    this.problem = { ...problem, headers: { ...problem.headers, connection: 'close' } };
  }
}

/** The caller went away before its body was complete: there is nobody to answer. */
export class RequestAbortedError extends Error {
  override readonly name = 'RequestAbortedError';
}

export const BODY_BYTES_MAX = 1024 * 1024;

const TOO_LARGE: Problem = {
  status: 413,
  title: 'Body too large',
  detail: `A webhook's body has at most ${BODY_BYTES_MAX} bytes.`,
};
const ENCODED: Problem = {
  status: 400,
  title: 'Unreadable body',
  detail: 'Send the body without Content-Encoding: its signature covers the bytes as sent.',
};
const FULL = unavailable('Too many webhook bodies are being received. Try again.');

/**
 * Reads request bodies exactly as sent: signatures cover the raw bytes. Never holds more than
 * `BODY_BYTES_MAX` a request and `bytesMax` in all.
 */
export class RawBodyReader {
  readonly #bytesMax: number;
  #bytesHeld = 0;

  constructor(bytesMax: number) {
    this.#bytesMax = bytesMax;
  }

  get bytesHeld(): number {
    return this.#bytesHeld;
  }

  /**
   * The body counts against the bound until {@link release} is called with it.
   *
   * @throws BodyError 400, 413 or 503. @throws RequestAbortedError
   */
  read(req: IncomingMessage): Promise<Buffer> {
    return new Promise((resolve, reject) => {
      const chunks: Buffer[] = [];
      let bytes = 0;
      let settled = false;
      const fail = (error: Error): void => {
        settled = true;
        this.#bytesHeld -= bytes;
        // Let the answer out first: bytes that still come are read and dropped until the connection ends.
        req.removeListener('data', onData);
        req.resume();
        reject(error);
      };
      const onData = (chunk: Buffer): void => {
        bytes += chunk.length;
        this.#bytesHeld += chunk.length;
        if (bytes > BODY_BYTES_MAX) fail(new BodyError(TOO_LARGE));
        else if (this.#bytesHeld > this.#bytesMax) fail(new BodyError(FULL));
        else chunks.push(chunk);
      };
      const refusal = refusalOf(req);
      if (refusal) return fail(new BodyError(refusal));
      req.on('data', onData);
      req.once('end', () => {
        settled = true;
        resolve(chunks.length === 1 ? (chunks[0] as Buffer) : Buffer.concat(chunks, bytes));
      });
      // Comes after every request: an error that nobody needs would cost each of them its stack trace.
      const onGone = (cause?: Error): void => {
        if (!settled) fail(new RequestAbortedError('the request was aborted', { cause }));
      };
      req.once('error', onGone);
      req.once('close', onGone);
    });
  }

  release(body: Buffer): void {
    this.#bytesHeld -= body.length;
  }
}

/** What the headers already say: no byte of such a body need be read. */
function refusalOf(req: IncomingMessage): Problem | undefined {
  const encoding = req.headers['content-encoding'];
  if (encoding !== undefined && encoding !== 'identity') return ENCODED;
  if (Number(req.headers['content-length'] ?? 0) > BODY_BYTES_MAX) return TOO_LARGE;
  return undefined;
}
