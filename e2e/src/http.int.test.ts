import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { until } from '@payments/local/testing';
import { signStripe, stripeWebhook } from '@payments/simulator';
import type { Answer } from './http-sender.js';
import { Pipeline, START_MS_MAX } from './testing/pipeline.js';
import { RawHttp } from './testing/raw-http.js';
import { ServiceProcess } from './testing/service-process.js';

const BODY_BYTES_MAX = 1024 * 1024;

let pipeline: Pipeline;
/** An ingress with a short time-out for bodies, so that the tests are fast. */
let hasty: ServiceProcess;
beforeAll(async () => {
  pipeline = await Pipeline.start();
  hasty = await ServiceProcess.start('ingress', { ...pipeline.env, INGRESS_BODY_TIMEOUT_MS: '500' });
}, START_MS_MAX);
afterAll(async () => {
  await hasty?.kill();
  await pipeline?.heal();
  await pipeline?.close();
}, 120_000);

const { body } = stripeWebhook({ type: 'payment_intent.succeeded' });
const signed = (bytes: Buffer) => signStripe(bytes, pipeline.secrets.stripeSecret);

function expectProblem({ status, headers, body: problem }: Answer, expected: number): void {
  expect(status).toBe(expected);
  expect(headers['content-type']).toBe('application/problem+json');
  expect(problem).toMatchObject({ status: expected });
  expect(problem.title).toMatch(/\w/);
  expect(problem.detail).toMatch(/\w/);
}

describe('over HTTP, the ingress answers', () => {
  const send = (path: string, bytes: Buffer, headers: Record<string, string>, method?: string) =>
    pipeline.sender.send(path, bytes, headers, method);

  test.each([
    ['no JSON', Buffer.from('{"id":')],
    ['nothing', Buffer.alloc(0)],
    ['no UTF-8', Buffer.from([0x7b, 0xff, 0x7d])],
    ['an event type with a zero byte', Buffer.from('{"id":"evt_1","object":"event","type":"a\\u0000b"}')],
  ])('400 to a signed body that is %s', async (_what, bytes) => {
    expectProblem(await send('/webhooks/stripe', bytes, signed(bytes)), 400);
  });

  test.each(['stripe', 'paypal', 'razorpay'])(
    '401 to a webhook of %s without a signature',
    async (provider) => {
      expectProblem(await send(`/webhooks/${provider}`, body, {}), 401);
    },
  );

  test('401 to a body changed after it was signed', async () => {
    const changed = Buffer.from(body.toString().replace('"amount":1999', '"amount":9991'));
    expect(changed.equals(body)).toBe(false);
    expectProblem(await send('/webhooks/stripe', changed, signed(body)), 401);
  });

  test('404 to a webhook of a gateway that does not exist', async () => {
    expectProblem(await send('/webhooks/adyen', body, signed(body)), 404);
  });

  test('405 to another method, naming the one allowed', async () => {
    const answer = await send('/webhooks/stripe', body, signed(body), 'PUT');
    expectProblem(answer, 405);
    expect(answer.headers.allow).toBe('POST');
  });

  test('413 to an announced body of one byte over 1 MiB, and 400, as to any other, to one byte less', async () => {
    const largest = Buffer.alloc(BODY_BYTES_MAX, ' ');
    expectProblem(await send('/webhooks/stripe', largest, signed(largest)), 400);
    const connection = await RawHttp.open(pipeline.ingress.port);
    connection.post('/webhooks/stripe', { 'content-length': String(BODY_BYTES_MAX + 1) });
    await until(() => connection.closed, { what: 'the connection to end without a byte of the body' });
    expect(connection.status).toBe(413);
  });
});

function expectTooSlow({ status, received }: RawHttp): void {
  expect(status).toBe(408);
  expect(received).toMatch(/content-type: application\/problem\+json/);
  expect(received).toMatch(/"title":"Request too slow"/);
}

describe('a malicious sender', () => {
  test('and never ends its body is cut off, and no more than the socket buffers are read', async () => {
    const connection = await RawHttp.open(pipeline.ingress.port);
    connection.post('/webhooks/stripe', { 'transfer-encoding': 'chunked' });
    const chunk = 'x'.repeat(16 * 1024);
    const written = await connection.writeEndlessly(`4000\r\n${chunk}\r\n`);
    expect(connection.status).toBe(413);
    expect(written).toBeLessThan(64 * BODY_BYTES_MAX);
  }, 30_000);

  test.each([
    ['the rest of its body', () => ({ 'content-length': '1000' }), '{"id":'],
    ['the next chunk of it', () => ({ 'transfer-encoding': 'chunked' }), '5\r\n{"id"\r\n'],
  ])(
    'and never sends %s is cut off',
    async (_what, headers, beginning) => {
      const connection = await RawHttp.open(hasty.port);
      connection.post('/webhooks/stripe', headers());
      connection.write(beginning);
      await until(() => connection.closed, { what: 'the connection to be cut' });
      expectTooSlow(connection);
    },
    30_000,
  );

  test('and sends its body a byte at a time is cut off too', async () => {
    const connection = await RawHttp.open(hasty.port);
    connection.post('/webhooks/stripe', { 'content-length': '1000000' });
    await until(
      () => {
        connection.write('x');
        return connection.closed;
      },
      { what: 'the connection to be cut' },
    );
    expectTooSlow(connection);
  }, 30_000);

  test('and never ends its headers is cut off too', async () => {
    const connection = await RawHttp.open(hasty.port);
    connection.write('POST /webhooks/stripe HTTP/1.1\r\nhost: ingress\r\n');
    await until(() => connection.closed, { what: 'the connection to be cut' });
    expectTooSlow(connection);
  }, 30_000);

  test.each([
    ['is not HTTP', 'EHLO gateway\r\n\r\n', 400],
    ['has headers without end', `POST / HTTP/1.1\r\n${'x-filler: 1\r\n'.repeat(4_000)}`, 431],
  ])('and %s is told so', async (_what, bytes, status) => {
    const connection = await RawHttp.open(pipeline.ingress.port);
    connection.write(bytes);
    await until(() => connection.closed, { what: 'the connection to be cut' });
    expect(connection.status).toBe(status);
    expect(connection.received).toMatch(/content-type: application\/problem\+json/);
  });

  test('does not affect others: an honest sender is served as before', async () => {
    const good = stripeWebhook({ type: 'payment_intent.succeeded' });
    expect((await pipeline.post('stripe', good.body)).status).toBe(200);
    expect((await pipeline.untilStored([good.webhookId])).length).toBe(1);
  }, 60_000);
});

test('without a broker it answers 503 with Retry-After, and 200 again with it', async () => {
  const { body: bytes, webhookId } = stripeWebhook({ type: 'payment_intent.succeeded' });
  await pipeline.stack.kafka.stop();
  const refused = await pipeline.post('stripe', bytes);
  expectProblem(refused, 503);
  expect(Number(refused.headers['retry-after'])).toBeGreaterThan(0);
  await pipeline.stack.kafka.start();
  await until(async () => (await pipeline.post('stripe', bytes)).status === 200, { what: '200 again' });
  expect(await pipeline.untilStored([webhookId])).toHaveLength(1);
}, 90_000);
