import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { setImmediate as nextRound } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { inTime, RedisTimeoutError } from './in-time.js';

const TIMEOUT_MS = 20;

let server: Server;
let near: Socket;
let far: Socket;
beforeAll(async () => {
  server = createServer((socket) => {
    far = socket;
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const accepted = once(server, 'connection');
  near = connect((server.address() as AddressInfo).port, '127.0.0.1');
  await Promise.all([accepted, once(near, 'connect')]);
});
afterAll(() => {
  near.destroy();
  far.destroy();
  server.close();
});

/** Blocks the thread until all timers of `ms` milliseconds are due. */
function block(ms: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms + 5);
}

test('an answer that came while the process could not look at it is in time', async () => {
  const answer = once(near, 'data').then(([data]) => String(data));
  // The phase of timers comes next.
  await nextRound();
  const read = inTime(TIMEOUT_MS, answer);
  far.write('answer');
  block(TIMEOUT_MS);
  expect(await read).toBe('answer');
});

test('one that does not come is not waited for', async () => {
  await expect(inTime(TIMEOUT_MS, new Promise(() => {}))).rejects.toThrow(RedisTimeoutError);
});

test('a failure is told as it is, also a late one', async () => {
  await expect(inTime(TIMEOUT_MS, Promise.reject(new Error('gone')))).rejects.toThrow('gone');
  const late = Promise.withResolvers<never>();
  await expect(inTime(TIMEOUT_MS, late.promise)).rejects.toThrow(RedisTimeoutError);
  late.reject(new Error('gone'));
  await nextRound();
});
