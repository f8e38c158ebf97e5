import { createServer, type Server } from 'node:http';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { listen } from './http-server.js';
import {
  injectTraceHeaders,
  inSpanFromHeaders,
  startTracing,
  type TraceHeaders,
  traceOf,
} from './tracing.js';

const TRACE_ID = '4bf92f3577b34da6a3ce929d0e0e4736';
const TRACEPARENT = `00-${TRACE_ID}-00f067aa0ba902b7-01`;

let collector: Server;
let endpoint: string;
let received: { path: string | undefined; body: Buffer }[];

beforeEach(async () => {
  received = [];
  collector = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    received.push({ path: request.url, body: Buffer.concat(chunks) });
    response.end();
  });
  endpoint = `http://127.0.0.1:${await listen(collector, 0, '127.0.0.1')}/`;
});

afterEach(() => {
  collector.closeAllConnections();
  collector.close();
});

test('without an endpoint headers stay as they are and functions are only called', async () => {
  const tracing = await startTracing({ service: 'test' });
  const headers: TraceHeaders = { traceparent: TRACEPARENT };
  expect(inSpanFromHeaders('work', headers, () => 7)).toBe(7);
  const outgoing: TraceHeaders = {};
  inSpanFromHeaders('work', headers, () => injectTraceHeaders(outgoing));
  expect(outgoing).toEqual({});
  await tracing.close();
});

test('a trace goes on from the headers of one record to those of the next, and is sent', async () => {
  const tracing = await startTracing({ service: 'test', endpoint });
  const outgoing: TraceHeaders = {};
  const value = await inSpanFromHeaders(
    'apply',
    { traceparent: Buffer.from(TRACEPARENT), baggage: 'a=b' },
    async () => {
      await Promise.resolve();
      injectTraceHeaders(outgoing);
      return 7;
    },
  );
  expect(value).toBe(7);
  expect(Object.keys(outgoing)).toEqual(['traceparent']);
  expect(outgoing.traceparent).toMatch(new RegExp(`^00-${TRACE_ID}-[0-9a-f]{16}-01$`));
  expect(outgoing.traceparent).not.toBe(TRACEPARENT);

  const fails = inSpanFromHeaders('fail', {}, async () => {
    throw new Error('the reason');
  });
  await expect(fails).rejects.toThrow('the reason');
  expect(() =>
    inSpanFromHeaders('throw', {}, () => {
      throw new Error('at once');
    }),
  ).toThrow('at once');

  await tracing.close();
  expect(new Set(received.map(({ path }) => path))).toEqual(new Set(['/v1/traces']));
  const sent = Buffer.concat(received.map(({ body }) => body));
  expect(sent.includes(Buffer.from(TRACE_ID, 'hex'))).toBe(true);
  for (const text of ['apply', 'the reason', 'at once', 'test']) expect(sent.includes(text)).toBe(true);
});

test.each([
  [TRACEPARENT, true],
  [`${TRACEPARENT}-more`, false],
  ['00-\0', false],
  ['', false],
  [undefined, false],
])('of the header %j a trace is passed on: %j', (text, isPassedOn) => {
  const traceparent = text === undefined ? text : Buffer.from(text);
  expect(traceOf({ traceparent })).toEqual(isPassedOn ? { traceparent: text } : undefined);
});
