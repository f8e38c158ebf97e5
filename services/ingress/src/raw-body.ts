import type { IncomingMessage } from 'node:http';
import { type Problem, ProblemError, unavailable } from '@payments/runtime';

/** Thrown when the body of a request was not read. The connection cannot be used again. */
export class BodyError extends ProblemError {
  override readonly name = 'BodyError';
}

/** The caller went away before its body was complete: there is nobody to answer. */
export class RequestAbortedError extends Error {
  override readonly name = 'RequestAbortedError';
}

export const BODY_BYTES_MAX = 1024 * 1024;
const GROWN_BYTES_MIN = 4 * 1024;
const EMPTY = Buffer.alloc(0);

const ENCODED: Problem = {
  status: 400,
  title: 'Unreadable body',
  detail: 'Send the body without Content-Encoding: its signature covers the bytes as sent.',
};
const FULL = unavailable('Too many bodies are being received. Try again.');

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
   * @param sizeMax bytes of this body at most, `BODY_BYTES_MAX` or less.
   * @throws BodyError 400, 413 or 503. @throws RequestAbortedError
   */
  read(req: IncomingMessage, sizeMax = BODY_BYTES_MAX): Promise<Buffer> {
    return new Promise((resolve, reject) => {
      const refusal = refusalOf(req, sizeMax);
      if (refusal) {
        req.resume();
        reject(new BodyError(refusal));
        return;
      }
      const body = new GrowingBuffer(Number(req.headers['content-length']), (bytes) => this.#take(bytes));
      let settled = false;
      const fail = (error: Error): void => {
        settled = true;
        this.#bytesHeld -= body.capacity;
        // Let the answer out first: bytes that still come are read and dropped until the connection ends.
        req.removeListener('data', onData);
        req.resume();
        reject(error);
      };
      const onData = (chunk: Buffer): void => {
        if (body.length + chunk.length > sizeMax) fail(new BodyError(tooLarge(sizeMax)));
        else if (!body.append(chunk)) fail(new BodyError(FULL));
      };
      req.on('data', onData);
      req.once('end', () => {
        // Also comes after a refusal, once the rest was dropped.
        if (settled) return;
        settled = true;
        const bytes = body.bytes;
        this.#bytesHeld -= body.capacity - bytes.length;
        resolve(bytes);
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

  /** Counts `bytes` more as held, if the bound allows it. */
  #take(bytes: number): boolean {
    if (this.#bytesHeld + bytes > this.#bytesMax) return false;
    this.#bytesHeld += bytes;
    return true;
  }
}

/**
 * A body in one piece: kept as the chunks that came, a body sent byte by byte would take a hundred times its
 * size. A body that is one chunk, as most are, is not copied.
 */
class GrowingBuffer {
  readonly #announced: number;
  readonly #take: (bytes: number) => boolean;
  #buffer: Buffer = EMPTY;
  #length = 0;

  constructor(announced: number, take: (bytes: number) => boolean) {
    this.#announced = announced;
    this.#take = take;
  }

  get length(): number {
    return this.#length;
  }

  /** Bytes of memory, of which the last ones may be unused. */
  get capacity(): number {
    return this.#buffer.length;
  }

  get bytes(): Buffer {
    return this.#buffer.subarray(0, this.#length);
  }

  /** False, and nothing appended, if the memory for it is not to be had. */
  append(chunk: Buffer): boolean {
    const needed = this.#length + chunk.length;
    if (chunk.length === this.#announced) {
      if (!this.#take(chunk.length)) return false;
      this.#buffer = chunk;
    } else {
      if (needed > this.capacity && !this.#grow(needed)) return false;
      chunk.copy(this.#buffer, this.#length);
    }
    this.#length = needed;
    return true;
  }

  #grow(needed: number): boolean {
    const capacity = Math.min(BODY_BYTES_MAX, Math.max(needed, 2 * this.capacity, GROWN_BYTES_MIN));
    if (!this.#take(capacity - this.capacity)) return false;
    const grown = Buffer.allocUnsafeSlow(capacity);
    this.#buffer.copy(grown, 0, 0, this.#length);
    this.#buffer = grown;
    return true;
  }
}

function tooLarge(sizeMax: number): Problem {
  return { status: 413, title: 'Body too large', detail: `The body has at most ${sizeMax} bytes here.` };
}

/** What the headers already say: no byte of such a body need be read. */
function refusalOf(req: IncomingMessage, sizeMax: number): Problem | undefined {
  const encoding = req.headers['content-encoding'];
  if (encoding !== undefined && encoding !== 'identity') return ENCODED;
  if (Number(req.headers['content-length'] ?? 0) > sizeMax) return tooLarge(sizeMax);
  return undefined;
}
