import { randomBytes } from 'node:crypto';
import { createServer } from 'node:http';
import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { until } from '@payments/local/testing';
import { QueueFullError, SendDeadlineError } from '@payments/messaging';
import { listen, startTracing } from '@payments/runtime';
import { paypalWebhook, razorpayWebhook, signRazorpay, signStripe, stripeWebhook } from '@payments/simulator';
import { RawBodyReader } from './raw-body.js';
import {
  PAYPAL_WEBHOOK_ID,
  RAZORPAY_SECRET,
  STRIPE_SECRET,
  startTestIngress,
  type TestIngress,
} from './testing/test-ingress.js';

const CRLF = Buffer.from('\r\n');

let ingress: TestIngress;
beforeAll(async () => {
  ingress = await startTestIngress();
}, 60_000);
afterAll(() => ingress.close());

type Answer = { status: number; headers: Headers; body: Record<string, unknown> };

async function post(
  path: string,
  body: Buffer,
  headers: Record<string, string>,
  at = ingress,
): Promise<Answer> {
  const response = await fetch(`${at.url}${path}`, { method: 'POST', body: new Uint8Array(body), headers });
  return {
    status: response.status,
    headers: response.headers,
    body: (await response.json()) as Record<string, unknown>,
  };
}

function postSigned(body: Buffer, at = ingress): Promise<Answer> {
  return post('/webhooks/stripe', body, signStripe(body, STRIPE_SECRET), at);
}

function expectProblem(answer: Answer, status: number): void {
  expect(answer.status).toBe(status);
  expect(answer.headers.get('content-type')).toBe('application/problem+json');
  expect(answer.body).toMatchObject({ type: 'about:blank', status });
  expect(answer.body.title).toMatch(/\w/);
  expect(answer.body.detail).toMatch(/\w/);
}

describe('an authentic webhook', () => {
  const samples = {
    stripe: () => {
      const { body, webhookId } = stripeWebhook({ type: 'payment_intent.succeeded' });
      return { body, webhookId, headers: signStripe(body, STRIPE_SECRET) };
    },
    razorpay: () => {
      const { body, webhookId } = razorpayWebhook({ type: 'payment.captured' });
      return { body, webhookId, headers: signRazorpay(body, RAZORPAY_SECRET) };
    },
    paypal: () => {
      const { body, webhookId } = paypalWebhook({ type: 'PAYMENT.CAPTURE.COMPLETED' });
      return { body, webhookId, headers: ingress.paypal.sign(body, { webhookId: PAYPAL_WEBHOOK_ID }) };
    },
  };

  test.each(['stripe', 'razorpay', 'paypal'] as const)(
    'of %s is acknowledged, and is in Kafka under a seal that opens to the same bytes',
    async (provider) => {
      const { body, webhookId, headers } = samples[provider]();
      const answer = await post(`/webhooks/${provider}`, body, headers);
      expect(answer).toMatchObject({ status: 200, body: { received: true, id: webhookId } });
      const { sealedBody, ...context } = (await ingress.published(webhookId)).webhook;
      expect(context).toMatchObject({ webhookId, provider, source: 'gateway' });
      expect(ingress.keyring.open(context, sealedBody).equals(body)).toBe(true);
      expect(sealedBody.includes(body.subarray(0, 24))).toBe(false);
    },
  );

  test('is acknowledged again when it is sent again', async () => {
    const { body, webhookId } = stripeWebhook({ type: 'payment_intent.succeeded' });
    const answers = await Promise.all(Array.from({ length: 20 }, () => postSigned(body)));
    expect(answers.map(({ status, body: { id } }) => [status, id])).toEqual(Array(20).fill([200, webhookId]));
  });
});

describe('a refused request gets a problem that says what to do:', () => {
  const { body } = stripeWebhook({ type: 'payment_intent.succeeded' });

  test('400 for a signed body that is not JSON', async () => {
    expectProblem(await postSigned(Buffer.from('{"id":')), 400);
  });

  test('400 for an empty signed body', async () => {
    expectProblem(await postSigned(Buffer.alloc(0)), 400);
  });

  test('400 for a compressed body', async () => {
    const headers = { ...signStripe(body, STRIPE_SECRET), 'content-encoding': 'gzip' };
    expectProblem(await post('/webhooks/stripe', body, headers), 400);
  });

  test('400 for a path that is not UTF-8', async () => {
    expectProblem(await post('/webhooks/%ff', body, {}), 400);
  });

  test.each([
    ['no signature', {}],
    ['another secret', signStripe(body, 'whsec_another')],
    ['a signature an hour old', signStripe(body, STRIPE_SECRET, Date.now() - 3_600_000)],
  ])('401 for %s', async (_what, headers) => {
    expectProblem(await post('/webhooks/stripe', body, headers), 401);
  });

  test.each(['/webhooks/adyen', '/webhooks', '/', '/webhooks/stripe/extra'])('404 for %s', async (path) => {
    expectProblem(await post(path, body, signStripe(body, STRIPE_SECRET)), 404);
  });

  test('405 for another method, naming the one allowed', async () => {
    const response = await fetch(`${ingress.url}/webhooks/stripe`);
    const answer = { status: response.status, headers: response.headers, body: await response.json() };
    expectProblem(answer as Answer, 405);
    expect(response.headers.get('allow')).toBe('POST');
  });

  test('413 for a body over 1 MiB, announced', async () => {
    expectProblem(await postSigned(Buffer.alloc(1024 * 1024 + 1, ' ')), 413);
  });

  test('503 when too many bodies are held, and none of them for ever', async () => {
    const small = await startTestIngress({ bodies: new RawBodyReader(500) });
    try {
      const large = await postSigned(stripeWebhook({ type: 'payment_intent.succeeded' }).body, small);
      expectProblem(large, 503);
      expect(large.headers.get('retry-after')).toBe('1');
      expect(small.bodies.bytesHeld).toBe(0);
    } finally {
      await small.close();
    }
  });

  test.each([
    ['the queue is full', new QueueFullError('full')],
    ['the deadline passed', new SendDeadlineError('late')],
    ['anything else went wrong', new Error('unforeseen')],
  ])('503 when the record is not acknowledged: %s', async (_why, error) => {
    const broken = await startTestIngress({ producer: { send: () => Promise.reject(error) } });
    try {
      const answer = await postSigned(stripeWebhook({ type: 'payment_intent.succeeded' }).body, broken);
      expectProblem(answer, 503);
      expect(answer.headers.get('retry-after')).toBe('1');
    } finally {
      await broken.close();
    }
  });
});

test('a body of exactly 1 MiB is accepted', async () => {
  const { body } = stripeWebhook({ type: 'payment_intent.succeeded' });
  const padded = Buffer.concat([body, Buffer.alloc(1024 * 1024 - body.length, ' ')]);
  expect((await postSigned(padded)).status).toBe(200);
});

test.each([
  ['to a gateway', '/webhooks/stripe', 413],
  ['to nobody', '/webhooks/adyen', 404],
  ['of a command without a key', '/v1/payment-intents', 401],
])('a chunked body that never ends, %s, is cut off', async (_to, path, status) => {
  const socket = connect(ingress.port, '127.0.0.1');
  let received = '';
  socket.on('data', (chunk: Buffer) => {
    received += chunk.toString('latin1');
  });
  socket.on('error', () => {});
  socket.write(`POST ${path} HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\n`);
  const chunk = Buffer.concat([Buffer.from('10000\r\n'), Buffer.alloc(0x10000, 'x'), Buffer.from('\r\n')]);
  const feeding = setInterval(() => socket.write(chunk), 1);
  try {
    await until(() => socket.destroyed, { what: 'the connection to be closed' });
  } finally {
    clearInterval(feeding);
    socket.destroy();
  }
  expect(received.match(/HTTP\/1\.1 \d+/g)).toEqual([`HTTP/1.1 ${status}`]);
  expect(ingress.bodies.bytesHeld).toBe(0);
});

test('a caller that hangs up leaves nothing behind', async () => {
  const socket = connect(ingress.port, '127.0.0.1');
  socket.write('POST /webhooks/stripe HTTP/1.1\r\nhost: x\r\ncontent-length: 1000\r\n\r\nhalf a body');
  await until(() => ingress.bodies.bytesHeld > 0, { what: 'half a body to arrive' });
  socket.destroy();
  await until(() => ingress.bodies.bytesHeld === 0, { what: 'its bytes to be given back' });
});

test('durations are measured by provider and status', async () => {
  await postSigned(stripeWebhook({ type: 'payment_intent.succeeded' }).body);
  const text = await (await fetch(`${ingress.url}/metrics`)).text();
  expect(text).toMatch(/webhook_ingress_duration_seconds_count\{provider="stripe",status="200"\} [1-9]/);
});

test('a body sent byte by byte is held in no more memory than it may take', async () => {
  const { body } = stripeWebhook({ type: 'payment_intent.succeeded' });
  const socket = connect(ingress.port, '127.0.0.1');
  try {
    const head = Object.entries(signStripe(body, STRIPE_SECRET)).map(
      ([name, value]) => `${name}: ${value}\r\n`,
    );
    socket.write(
      `POST /webhooks/stripe HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n${head.join('')}\r\n`,
    );
    const chunks = Array.from(body, (byte) =>
      Buffer.concat([Buffer.from('1\r\n'), Buffer.from([byte]), CRLF]),
    );
    socket.write(Buffer.concat(chunks));
    await until(() => ingress.bodies.bytesHeld >= body.length, { what: 'the body to arrive' });
    expect(ingress.bodies.bytesHeld).toBeLessThanOrEqual(2 * Math.max(body.length, 4096));
    let received = '';
    socket.on('data', (chunk: Buffer) => {
      received += chunk.toString('latin1');
    });
    socket.write('0\r\n\r\n');
    await until(() => received.startsWith('HTTP/1.1 200 '), { what: 'the answer' });
    expect(ingress.bodies.bytesHeld).toBe(0);
  } finally {
    socket.destroy();
  }
});

test('the trace of a request goes on in its record', async () => {
  const collector = createServer((_req, res) => res.end());
  const port = await listen(collector, 0, '127.0.0.1');
  const tracing = await startTracing({ service: 'ingress-test', endpoint: `http://127.0.0.1:${port}` });
  try {
    const { body, webhookId } = stripeWebhook({ type: 'payment_intent.succeeded' });
    const traceId = randomBytes(16).toString('hex');
    const traceparent = `00-${traceId}-00f067aa0ba902b7-01`;
    await post('/webhooks/stripe', body, { ...signStripe(body, STRIPE_SECRET), traceparent });
    const { headers } = await ingress.published(webhookId);
    expect(headers.traceparent?.toString()).toMatch(
      new RegExp(`^00-${traceId}-(?!00f067aa0ba902b7)[0-9a-f]{16}-01$`),
    );
  } finally {
    await tracing.close();
    collector.closeAllConnections();
    collector.close();
  }
});
