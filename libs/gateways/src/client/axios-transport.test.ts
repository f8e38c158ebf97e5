import { once } from 'node:events';
import { createServer as createHttpServer } from 'node:http';
import { type AddressInfo, createServer, type Server } from 'node:net';
import { afterEach, expect, test } from '@jest/globals';
import { gatewayErrorOf } from '../testing/conformance/gateway-error-of.js';
import { paypalSubject } from '../testing/conformance/paypal-subject.js';
import { razorpaySubject } from '../testing/conformance/razorpay-subject.js';
import { createGatewayClient } from './create-gateway-client.js';

const subjects = [paypalSubject, razorpaySubject];
/** Longer than any test waits. */
const PATIENCE_MS = 30_000;
const unknownId = 'order_unknown';

let server: Server;
afterEach(async () => {
  server.close();
  await once(server, 'close');
});

async function listening(made: Server): Promise<number> {
  server = made.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
}

test.each(subjects)(
  'a connection to $provider that never comes about proves that nothing was sent',
  async (subject) => {
    // Accepts the connection and never answers the TLS handshake.
    const port = await listening(createServer((socket) => socket.on('error', () => {}).resume()));
    const client = createGatewayClient(subject.settings(`https://127.0.0.1:${port}`, 1000));
    const error = await gatewayErrorOf(client.fetch(unknownId));
    expect(error).toMatchObject({ type: 'API_CONNECTION_ERROR', failure: { code: 'connection_refused' } });
  },
);

test.each(subjects)('requests to $provider keep the path prefix of its base URL', async (subject) => {
  const paths: string[] = [];
  const port = await listening(
    createHttpServer((request, response) => {
      paths.push(request.url ?? '');
      response.writeHead(503).end();
    }),
  );
  const client = createGatewayClient(subject.settings(`http://127.0.0.1:${port}/in/front/`, PATIENCE_MS));
  await gatewayErrorOf(client.fetch(unknownId));
  expect(paths).toEqual([expect.stringMatching(/^\/in\/front\/v1\//)]);
});

test.each(subjects)('a redirect of $provider is not followed', async (subject) => {
  const requests: string[] = [];
  const port = await listening(
    createHttpServer((request, response) => {
      requests.push(request.url ?? '');
      response.writeHead(302, { location: '/elsewhere' }).end();
    }),
  );
  const client = createGatewayClient(subject.settings(`http://127.0.0.1:${port}`, PATIENCE_MS));
  const error = await gatewayErrorOf(client.fetch(unknownId));
  expect(error).toMatchObject({ type: 'API_ERROR', httpStatus: 302 });
  expect(requests).toHaveLength(1);
});
