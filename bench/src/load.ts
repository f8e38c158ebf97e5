import { connect, type Socket } from 'node:net';
import { percentile } from './median.js';

export interface LoadResult {
  readonly requestsPerSecond: number;
  readonly answered: number;
  /** Answers that were not 200 or 202. */
  readonly failed: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
}

export interface LoadOptions {
  readonly port: number;
  readonly connections: number;
  readonly seconds: number;
  /** Complete HTTP requests, each sent at most once. */
  readonly requests: Iterator<Buffer>;
}

const HEAD_END = Buffer.from('\r\n\r\n');

/**
 * Keeps one request in flight on each of `connections`, for `seconds`, on loopback. It writes prepared bytes and reads
 * only the status line, so that it takes little of the two cores that it shares with the measured server.
 */
export async function load({ port, connections, seconds, requests }: LoadOptions): Promise<LoadResult> {
  const latencies: number[] = [];
  let failed = 0;
  const startedAt = performance.now();
  const endAt = startedAt + seconds * 1000;
  await Promise.all(
    Array.from({ length: connections }, () =>
      keepOneInFlight(port, requests, endAt, (ok, ms) => {
        latencies.push(ms);
        if (!ok) failed += 1;
      }),
    ),
  );
  const elapsedSeconds = (performance.now() - startedAt) / 1000;
  return {
    requestsPerSecond: latencies.length / elapsedSeconds,
    answered: latencies.length,
    failed,
    p50Ms: percentile(latencies, 0.5),
    p99Ms: percentile(latencies, 0.99),
  };
}

function keepOneInFlight(
  port: number,
  requests: Iterator<Buffer>,
  endAt: number,
  onAnswer: (ok: boolean, ms: number) => void,
): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = connect({ port, host: '127.0.0.1', noDelay: true });
    let sentAt = 0;
    let received: Buffer = Buffer.alloc(0);
    const next = (): void => {
      const request = performance.now() < endAt ? requests.next() : undefined;
      if (request === undefined || request.done) {
        socket.end();
        return;
      }
      sentAt = performance.now();
      socket.write(request.value);
    };
    socket.on('connect', next);
    socket.on('data', (chunk: Buffer) => {
      received = received.length === 0 ? chunk : Buffer.concat([received, chunk]);
      const answer = completeAnswer(received);
      if (answer === undefined) return;
      onAnswer(answer.ok, performance.now() - sentAt);
      received = Buffer.alloc(0);
      next();
    });
    socket.on('error', reject);
    socket.on('close', () => resolve());
    failWhenSilent(socket, reject);
  });
}

/** The response in `bytes`, once it is complete; there is only one, because requests are not pipelined. */
export function completeAnswer(bytes: Buffer): { ok: boolean } | undefined {
  const headEnd = bytes.indexOf(HEAD_END);
  if (headEnd === -1) return undefined;
  const head = bytes.toString('latin1', 0, headEnd);
  const length = /content-length: (\d+)/i.exec(head)?.[1];
  if (length === undefined) throw new Error(`an answer without Content-Length: ${head}`);
  if (bytes.length < headEnd + HEAD_END.length + Number(length)) return undefined;
  return { ok: /^HTTP\/1\.1 20[02] /.test(head) };
}

function failWhenSilent(socket: Socket, reject: (error: Error) => void): void {
  socket.setTimeout(30_000, () => {
    socket.destroy();
    reject(new Error('the server did not answer for 30 s'));
  });
}
