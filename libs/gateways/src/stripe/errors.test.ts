import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { once } from 'node:events';
import { createServer, type OutgoingHttpHeaders, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { PlannedCall } from '@payments/domain';
import type { GatewayClient } from '../client/gateway-client.js';
import { gatewayErrorOf } from '../testing/conformance/gateway-error-of.js';
import { createStripeClient } from './client.js';

/** A server with arbitrary responses, as a faulty proxy might send. */
let server: Server;
let answer: (response: ServerResponse) => void;
let requests: number;
let client: GatewayClient;

beforeAll(async () => {
  server = createServer((request, response) => {
    requests++;
    request.resume().on('end', () => answer(response));
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const apiBase = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  client = createStripeClient({ provider: 'stripe', apiBase, apiKey: 'sk_test_any', timeoutMs: 30_000 });
});
afterAll(() => {
  server.close();
  server.closeAllConnections();
});

const CALL: PlannedCall = {
  operation: 'capture',
  idempotencyKey: 'key-1' as PlannedCall['idempotencyKey'],
  attemptId: 'attempt-1' as PlannedCall['attemptId'],
  intentId: 'intent-1' as PlannedCall['intentId'],
  orderId: 'order-42',
  customerId: 'cust-7',
  amount: { amountMinor: 1999n, currency: 'USD' },
  captureMethod: 'manual',
  gatewayObjectId: 'pi_1',
  targetId: null,
  paymentMethodToken: null,
  gatewaySignature: null,
  returnUrl: null,
  reason: null,
  metadata: {},
};

async function errorsOn(status: number, body: string, headers: OutgoingHttpHeaders = {}) {
  requests = 0;
  answer = (response) => response.writeHead(status, headers).end(body);
  const sent = await gatewayErrorOf(client.send(CALL));
  const asked = await gatewayErrorOf(client.inquire(CALL));
  expect(requests).toBe(2);
  return [sent, asked] as const;
}

/** Source: https://undici.nodejs.org/#/docs/api/DiagnosticsChannel */
const HEAD_IS_READ = 'undici:request:headers';

function onceHeadIsRead(then: () => void): void {
  const onHead = (): void => {
    unsubscribe(HEAD_IS_READ, onHead);
    then();
  };
  subscribe(HEAD_IS_READ, onHead);
}

const error = (type: string, more: object = {}) =>
  JSON.stringify({ error: { type, message: 'No.', ...more } });
const INTENT = {
  id: 'pi_1',
  object: 'payment_intent',
  status: 'succeeded',
  amount_received: 1999,
  currency: 'usd',
};

describe('an answer that', () => {
  test.each([
    ['refuses the key', 401, error('invalid_request_error'), 'AUTHENTICATION_ERROR'],
    ['forbids the call', 403, error('invalid_request_error'), 'AUTHENTICATION_ERROR'],
    [
      'finds the account too fast',
      429,
      error('invalid_request_error', { code: 'rate_limit' }),
      'RATE_LIMIT_ERROR',
    ],
    [
      'finds the object in use',
      429,
      error('invalid_request_error', { code: 'lock_timeout' }),
      'RATE_LIMIT_ERROR',
    ],
    ['reports that the key is in use', 409, error('idempotency_error'), 'IDEMPOTENCY_CONFLICT'],
    ['reports another call with that key', 400, error('idempotency_error'), 'IDEMPOTENCY_CONFLICT'],
    ['declines the card', 402, error('card_error', { code: 'card_declined' }), 'CARD_DECLINED'],
    [
      'refuses a parameter',
      400,
      error('invalid_request_error', { code: 'parameter_invalid_integer' }),
      'INVALID_REQUEST',
    ],
  ])('%s says so of mutations and reads alike', async (_, status, body, type) => {
    for (const { type: found, httpStatus, isProvablyNotExecuted } of await errorsOn(status, body)) {
      expect({ type: found, httpStatus }).toEqual({ type, httpStatus: status });
      expect(isProvablyNotExecuted).toBe(type !== 'IDEMPOTENCY_CONFLICT');
    }
  });

  test.each([
    ['is an error of Stripe', 500, error('api_error'), 'http_500'],
    ['is a failed dependency of Stripe', 424, error('invalid_request_error'), 'http_424'],
    ['is an error of a proxy, in JSON', 502, '{"error":"bad gateway"}', 'http_502'],
    ['is a rejection in another format than Stripe’s', 400, '{"error":"blocked"}', 'http_400'],
    ['is an HTML page', 503, '<html>upstream connect error</html>', 'unreadable_answer'],
    ['is an HTML page with status 200', 200, '<html>hello</html>', 'unreadable_answer'],
    ['is empty', 200, '', 'unreadable_answer'],
    ['is null', 200, 'null', 'unreadable_answer'],
    ['is another object than requested', 200, '{}', 'unreadable_answer'],
    ['has no amount', 200, JSON.stringify({ ...INTENT, amount_received: '19.99' }), 'unreadable_answer'],
    [
      'has a status from the future',
      200,
      JSON.stringify({ ...INTENT, status: 'dancing' }),
      'unreadable_answer',
    ],
    ['is an error without the JSON of one', 500, JSON.stringify({ message: 'oops' }), 'unreadable_answer'],
  ])('%s leaves a mutation unknown', async (_, status, body, code) => {
    const [sent, asked] = await errorsOn(status, body);
    expect(sent).toMatchObject({ type: 'UNKNOWN_OUTCOME', failure: { code } });
    expect(asked).toMatchObject({ type: 'API_ERROR', failure: { code } });
  });

  test('is a redirect is not followed', async () => {
    const [sent] = await errorsOn(307, '', { location: '/v1/charges' });
    expect(sent.type).toBe('UNKNOWN_OUTCOME');
  });

  test.each<[string, (breakOff: () => void) => void]>([
    ['at once', (breakOff) => breakOff()],
    ['while it is read', onceHeadIsRead],
  ])('breaks off %s leaves a mutation unknown', async (_, then) => {
    answer = (response) => {
      response.writeHead(200, { 'content-length': '1000' }).write('{"id":"pi_1"');
      then(() => setImmediate(() => response.destroy()));
    };
    expect(await gatewayErrorOf(client.send(CALL))).toMatchObject({
      type: 'UNKNOWN_OUTCOME',
      failure: { code: 'connection_lost' },
    });
  });

  test('never ends leaves a mutation unknown', async () => {
    answer = (response) => response.writeHead(200).write('{"id":"pi_1"');
    const apiBase = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const hasty = createStripeClient({ provider: 'stripe', apiBase, apiKey: 'sk_test_any', timeoutMs: 100 });
    expect(await gatewayErrorOf(hasty.send(CALL))).toMatchObject({
      type: 'UNKNOWN_OUTCOME',
      failure: { code: 'timeout' },
    });
  });

  test('has a Retry-After passes it on', async () => {
    const [sent] = await errorsOn(429, error('invalid_request_error'), { 'retry-after': '12' });
    expect(sent.retryAfterMs).toBe(12_000);
  });

  test('quotes a card number is redacted', async () => {
    const [sent] = await errorsOn(400, error('invalid_request_error', { message: 'bad 4242424242424242' }));
    expect(sent.message).not.toMatch(/4242/);
    expect(sent.failure.message).toBe('bad [digits]');
  });

  test('is a rejection with an unreadable intent is still a rejection', async () => {
    const shown = { payment_intent: { ...INTENT, status: 'dancing' } };
    const [sent] = await errorsOn(402, error('card_error', { code: 'card_declined', ...shown }));
    expect(sent).toMatchObject({ type: 'CARD_DECLINED', answer: null });
  });

  test('is successful gets its time from the Date header', async () => {
    answer = (response) =>
      response.writeHead(200, { date: 'Sun, 01 Mar 2026 12:00:00 GMT' }).end(JSON.stringify(INTENT));
    const { facts, gatewayObjectId } = await client.send(CALL);
    expect(gatewayObjectId).toBe('pi_1');
    expect(facts).toMatchObject([{ kind: 'captured', occurredAt: Date.parse('2026-03-01T12:00:00Z') }]);
  });
});
