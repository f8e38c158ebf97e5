import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { expect, test } from '@jest/globals';
import { gatewayErrorOf } from '../testing/conformance/gateway-error-of.js';
import { createStripeClient } from './client.js';

test('a connection that does not come about in its part of the time-out was never made', async () => {
  const sockets: Socket[] = [];
  // Takes connections, and never says a word of TLS.
  const silent = createServer((socket) => sockets.push(socket)).listen(0, '127.0.0.1');
  await once(silent, 'listening');
  try {
    const apiBase = `https://127.0.0.1:${(silent.address() as AddressInfo).port}`;
    const client = createStripeClient({
      provider: 'stripe',
      apiBase,
      apiKey: 'sk_test_any',
      timeoutMs: 30_000,
    });
    const error = await gatewayErrorOf(client.fetch('pi_any'));
    expect(error).toMatchObject({ type: 'API_CONNECTION_ERROR', failure: { code: 'connection_refused' } });
  } finally {
    for (const socket of sockets) socket.destroy();
    silent.close();
  }
});
