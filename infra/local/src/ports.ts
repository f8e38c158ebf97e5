import { randomInt } from 'node:crypto';
import { connect, createServer } from 'node:net';
import { processEnvironment } from './environment.js';

/** Below what the kernel hands to outgoing connections (32768 and up): a stopped part finds its port again. */
const FREE_FROM = 20_000;
const FREE_TO = 32_000;
const SLICES = 4;
const SLICE = (FREE_TO - FREE_FROM) / SLICES;
const TRIES_MAX = 200;

/** Includes ports that a concurrent call is still checking. */
const lookedAt = new Set<number>();

/**
 * Ports on loopback that nobody listens on, none twice in one process. Each of jest's workers looks in a slice of its
 * own: what one has chosen and not bound yet, or has just killed, would look free to the other.
 */
export async function freePorts(count: number): Promise<number[]> {
  const ports: number[] = [];
  const from = FREE_FROM + SLICE * (Number(processEnvironment().JEST_WORKER_ID ?? 0) % SLICES);
  for (let tries = 0; ports.length < count; tries += 1) {
    if (tries > TRIES_MAX) throw new Error(`no ${count} free ports between ${from} and ${from + SLICE}`);
    const port = randomInt(from, from + SLICE);
    if (lookedAt.has(port)) continue;
    lookedAt.add(port);
    if (await isPortFree(port)) ports.push(port);
  }
  return ports;
}

/** True when a server could listen on that port of loopback. */
export function isPortFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen({ port, host: '127.0.0.1', exclusive: true }, () => server.close(() => resolve(true)));
  });
}

/** Connects, sends the bytes (if any) and resolves with the first answer; rejects when none comes in time. */
export function askPort(port: number, question: Buffer | string, timeoutMs = 1000): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const socket = connect({ port, host: '127.0.0.1' });
    socket.setTimeout(timeoutMs, () => socket.destroy(new Error(`port ${port} did not answer`)));
    socket.once('connect', () => socket.write(question));
    socket.once('data', (answer) => {
      resolve(answer);
      socket.destroy();
    });
    socket.once('error', reject);
    socket.once('close', () => reject(new Error(`port ${port} closed the connection`)));
  });
}
