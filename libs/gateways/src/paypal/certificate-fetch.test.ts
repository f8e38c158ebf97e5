import { once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { createPayPalChain, type PayPalChain } from '@payments/simulator';
import { createCertificateFetch } from './certificate-fetch.js';

let chain: PayPalChain;
let server: Server;
let origin: string;
let requests: string[];
let answer: (request: IncomingMessage, response: ServerResponse) => void;

beforeAll(async () => {
  chain = await createPayPalChain();
  server = createServer(
    { cert: chain.server.certificatePem, key: chain.server.privateKeyPem },
    (request, response) => {
      requests.push(request.url ?? '');
      answer(request, response);
    },
  );
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  origin = `https://127.0.0.1:${(server.address() as AddressInfo).port}`;
  requests = [];
});

afterEach(() => {
  requests = [];
  server.closeAllConnections();
});

afterAll(async () => {
  server.close();
  await once(server, 'close');
});

describe('fetching a certificate', () => {
  test('returns the body of a complete response', async () => {
    answer = (_, response) => response.end(chain.servedPem);
    const fetch = createCertificateFetch({ ca: chain.caPem });
    expect((await fetch(`${origin}/CERT-1`)).toString()).toBe(chain.servedPem);
    expect(requests).toEqual(['/CERT-1']);
  });

  test('does not trust a server of another CA', async () => {
    answer = (_, response) => response.end(chain.servedPem);
    await expect(createCertificateFetch()(`${origin}/CERT-1`)).rejects.toThrow(/certificate/);
    const other = await createPayPalChain();
    await expect(createCertificateFetch({ ca: other.caPem })(`${origin}/CERT-1`)).rejects.toThrow();
    expect(requests).toEqual([]);
  });

  test('checks the name of the server', async () => {
    const elsewhere = await createPayPalChain({ serverNames: ['elsewhere.test'] });
    server.setSecureContext({ cert: elsewhere.server.certificatePem, key: elsewhere.server.privateKeyPem });
    const fetch = createCertificateFetch({ ca: elsewhere.caPem });
    await expect(fetch(`${origin}/CERT-1`)).rejects.toMatchObject({ code: 'ERR_TLS_CERT_ALTNAME_INVALID' });
    server.setSecureContext({ cert: chain.server.certificatePem, key: chain.server.privateKeyPem });
  });

  test.each([301, 302, 303, 307, 308])('follows no redirect (%i)', async (status) => {
    answer = (_, response) => response.writeHead(status, { location: `${origin}/elsewhere` }).end();
    const fetch = createCertificateFetch({ ca: chain.caPem });
    await expect(fetch(`${origin}/CERT-1`)).rejects.toThrow(`status ${status}`);
    expect(requests).toEqual(['/CERT-1']);
  });

  test.each([204, 206, 404, 500, 503])('refuses status %i', async (status) => {
    answer = (_, response) => response.writeHead(status).end(status === 204 ? undefined : chain.servedPem);
    const fetch = createCertificateFetch({ ca: chain.caPem });
    await expect(fetch(`${origin}/CERT-1`)).rejects.toThrow(`status ${status}`);
  });

  test('gives up on a server that never answers', async () => {
    answer = () => undefined;
    const fetch = createCertificateFetch({ ca: chain.caPem, timeoutMs: 50 });
    await expect(fetch(`${origin}/CERT-1`)).rejects.toThrow();
  });

  test('gives up on a server that sends its body too slowly', async () => {
    answer = (_, response) => {
      const timer = setInterval(() => response.write('x'), 5);
      response.on('close', () => clearInterval(timer));
    };
    const fetch = createCertificateFetch({ ca: chain.caPem, timeoutMs: 60 });
    await expect(fetch(`${origin}/CERT-1`)).rejects.toThrow();
  });

  test('stops reading a body of 10 MB', async () => {
    answer = (_, response) => response.end(Buffer.alloc(10 * 1024 * 1024, 'x'));
    const fetch = createCertificateFetch({ ca: chain.caPem });
    await expect(fetch(`${origin}/CERT-1`)).rejects.toThrow('larger than 65536 bytes');
  });

  test('stops reading an endless body', async () => {
    let closed: Promise<unknown> = Promise.resolve();
    answer = (_, response) => {
      closed = once(response, 'close');
      const more = () => {
        while (response.write('x'.repeat(16_384)));
      };
      response.on('drain', more);
      more();
    };
    const fetch = createCertificateFetch({ ca: chain.caPem });
    await expect(fetch(`${origin}/CERT-1`)).rejects.toThrow('larger than 65536 bytes');
    await closed;
  });

  test('refuses an incomplete body', async () => {
    answer = (_, response) => {
      response.writeHead(200, { 'content-length': 1000 }).write('half', () => response.destroy());
    };
    const fetch = createCertificateFetch({ ca: chain.caPem });
    await expect(fetch(`${origin}/CERT-1`)).rejects.toThrow();
  });

  test('rejects if the connection is refused', async () => {
    const fetch = createCertificateFetch({ ca: chain.caPem });
    await expect(fetch('https://127.0.0.1:1/CERT-1')).rejects.toThrow();
  });
});
