import { once } from 'node:events';
import { createServer as createHttpServer } from 'node:http';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { expect, test } from '@jest/globals';
import { gatewayErrorOf } from '../testing/conformance/gateway-error-of.js';
import { createStripeClient } from './client.js';

test('a connection that is not established in its part of the time-out is an API_CONNECTION_ERROR', async () => {
  const sockets: Socket[] = [];
  // Accepts connections, and never answers the TLS handshake.
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

test('a method with many requests ends within the time-out, however fast each of them is', async () => {
  const timeoutMs = 400;
  const bodies: Record<string, object> = {
    '/v1/payment_intents/pi_1': { id: 'pi_1', object: 'payment_intent', latest_charge: { id: 'ch_1' } },
    '/v1/refunds': { object: 'list', has_more: true, data: [{ id: 're_1', object: 'refund' }] },
  };
  const slow = createHttpServer((request, response) => {
    const { pathname } = new URL(request.url ?? '/', 'http://slow');
    setTimeout(() => response.end(JSON.stringify(bodies[pathname])), timeoutMs / 4);
  }).listen(0, '127.0.0.1');
  await once(slow, 'listening');
  try {
    const apiBase = `http://127.0.0.1:${(slow.address() as AddressInfo).port}`;
    const client = createStripeClient({ provider: 'stripe', apiBase, apiKey: 'sk_test_any', timeoutMs });
    const error = await gatewayErrorOf(client.fetch('pi_1'));
    expect(error).toMatchObject({ type: 'API_ERROR', failure: { code: 'timeout' } });
  } finally {
    slow.close();
    slow.closeAllConnections();
  }
});
