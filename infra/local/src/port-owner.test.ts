import { createServer } from 'node:net';
import { expect, test } from '@jest/globals';
import { listeningInodes, portOwner } from './port-owner.js';
import { freePorts, isPortFree } from './ports.js';

test('only sockets that listen on the port count', () => {
  const table = `  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
   0: 0100007F:3C68 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 111 1 0
   1: 0100007F:3C68 0100007F:9999 01 00000000:00000000 00:00000000 00000000     0        0 222 1 0
   2: 0100007F:3C69 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 333 1 0`;
  expect(listeningInodes(table, 0x3c68)).toEqual(['111']);
});

test('a used port is seen, and on Linux its owner', async () => {
  const [port] = (await freePorts(1)) as [number];
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  expect(await isPortFree(port)).toBe(false);
  if (process.platform === 'linux') expect(portOwner(port)?.pid).toBe(process.pid);
  await new Promise((resolve) => server.close(resolve));
  expect(await isPortFree(port)).toBe(true);
});
