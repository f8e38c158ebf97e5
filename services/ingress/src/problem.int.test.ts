import { once } from 'node:events';
import { createServer, type RequestListener, type Server } from 'node:http';
import { connect, type Socket } from 'node:net';
import { setImmediate } from 'node:timers/promises';
import { afterEach, expect, test } from '@jest/globals';
import { until } from '@payments/local/testing';
import { listen, sendProblemAndClose, sendProblemTo } from '@payments/runtime';
import { NOT_FOUND } from './refusals.js';

let server: Server;
let socket: Socket;
let received: string;

afterEach(() => {
  socket.destroy();
  server.closeAllConnections();
  server.close();
});

async function open(onRequest: RequestListener): Promise<void> {
  server = createServer(onRequest);
  server.on('clientError', (error, client) => sendProblemTo(client, error));
  received = '';
  socket = connect(await listen(server, 0, '127.0.0.1'), '127.0.0.1');
  socket
    .on('error', () => {})
    .on('data', (chunk: Buffer) => {
      received += chunk.toString('latin1');
    });
}

test('a refused sender that goes on with what is no HTTP gets one answer', async () => {
  await open((req, res) => sendProblemAndClose(req, res, NOT_FOUND));
  socket.write('POST / HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\n');
  await until(() => received.includes('"status":404'), { what: 'the answer' });
  socket.write('no length of a chunk\r\n');
  await until(() => socket.closed, { what: 'the end of the connection' });
  expect(received.match(/HTTP\/1\.1 \d+/g)).toEqual(['HTTP/1.1 404']);
});

test('a refused sender whose request is there to its end already is let go at once', async () => {
  let isEnded: boolean | undefined;
  await open(async (req, res) => {
    req.resume();
    await once(req, 'end');
    await setImmediate();
    sendProblemAndClose(req, res, NOT_FOUND);
    isEnded = res.writableEnded;
  });
  socket.write('POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 2\r\n\r\nhi');
  await until(() => socket.closed, { what: 'the end of the connection' });
  expect(isEnded).toBe(true);
});
