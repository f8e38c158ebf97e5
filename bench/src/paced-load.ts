import { connect, type Socket } from 'node:net';
import { completeAnswer } from './load.js';

export interface PacedLoadOptions {
  readonly port: number;
  /** Kept open; each has one request in flight at most. */
  readonly connections: number;
  readonly requestsPerSecond: number;
  /** Complete HTTP requests, each sent once. */
  readonly requests: readonly Buffer[];
}

export interface PacedLoadResult {
  /** Answers that were not 200 or 202. */
  readonly failed: number;
  /** When the first request was due, in milliseconds since the epoch. */
  readonly startedAtMs: number;
}

const TICK_MS = 2;

/**
 * Sends requests at a steady rate, however long responses take (an open load model). A request that is due while all
 * connections are busy is sent late, which does not delay the later ones.
 */
export async function pacedLoad(options: PacedLoadOptions): Promise<PacedLoadResult> {
  const { port, connections, requestsPerSecond, requests } = options;
  const free = await Promise.all(Array.from({ length: connections }, () => Connection.open(port)));
  const all = [...free];
  const answers: Promise<void>[] = [];
  let failed = 0;
  let sent = 0;
  const startedAt = performance.now();
  const sendDue = (): void => {
    const due = Math.min(requests.length, ((performance.now() - startedAt) / 1000) * requestsPerSecond);
    for (; sent < due; sent += 1) {
      // The one that has been idle longest, since servers close idle connections.
      const connection = free.shift();
      const request = requests[sent];
      if (connection === undefined || request === undefined) return;
      const answer = connection.send(request).then((ok) => {
        if (!ok) failed += 1;
        free.push(connection);
      });
      answers.push(answer);
    }
  };
  await new Promise<void>((resolve) => {
    const timer = setInterval(() => {
      sendDue();
      if (sent < requests.length) return;
      clearInterval(timer);
      resolve();
    }, TICK_MS);
  });
  await Promise.all(answers);
  for (const connection of all) connection.close();
  return { failed, startedAtMs: performance.timeOrigin + startedAt };
}

class Connection {
  readonly #socket: Socket;
  #received: Buffer = Buffer.alloc(0);
  #answered: ((ok: boolean) => void) | undefined;

  private constructor(socket: Socket) {
    this.#socket = socket;
    socket.on('data', (chunk: Buffer) => this.#take(chunk));
    // A request without a response has failed.
    socket.on('close', () => this.#answered?.(false));
    socket.on('error', () => socket.destroy());
  }

  static open(port: number): Promise<Connection> {
    return new Promise((resolve, reject) => {
      const socket = connect({ port, host: '127.0.0.1', noDelay: true });
      socket.once('connect', () => resolve(new Connection(socket)));
      socket.once('error', reject);
    });
  }

  send(request: Buffer): Promise<boolean> {
    return new Promise((resolve) => {
      this.#answered = resolve;
      this.#socket.write(request);
    });
  }

  close(): void {
    this.#socket.end();
  }

  #take(chunk: Buffer): void {
    this.#received = this.#received.length === 0 ? chunk : Buffer.concat([this.#received, chunk]);
    const answer = completeAnswer(this.#received);
    if (answer === undefined) return;
    this.#received = Buffer.alloc(0);
    this.#answered?.(answer.ok);
  }
}
