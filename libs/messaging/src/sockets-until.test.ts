import { once } from 'node:events';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { socketsUntil } from './sockets-until.js';

let server: Server;
let address: Parameters<ReturnType<typeof socketsUntil>>[0];
beforeAll(async () => {
  server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  // Null as kafkajs gives it where there is no TLS.
  address = { host: '127.0.0.1', port, ssl: null as never, onConnect: () => {} };
});
afterAll(() => void server.close());

const closed = (socket: Socket) => new Promise((resolve) => socket.once('close', resolve));

test('a connection ends when the signal aborts', async () => {
  const over = new AbortController();
  const accepted = once(server, 'connection');
  const socket = socketsUntil(over.signal)(address);
  const [peer] = await accepted;
  peer.resume();
  const told = once(socket, 'error');
  over.abort();
  await Promise.all([closed(peer), closed(socket)]);
  expect(String(await told)).toMatch(/the client is closed/);
});

test('a connection that is being made when the signal aborts is not made', async () => {
  const over = new AbortController();
  const socket = socketsUntil(over.signal)(address).on('error', () => {});
  expect(socket.connecting).toBe(true);
  over.abort();
  await closed(socket);
  expect(socket.destroyed).toBe(true);
});

test('none is begun after the signal aborted', () => {
  expect(() => socketsUntil(AbortSignal.abort())(address)).toThrow(/aborted/);
});
