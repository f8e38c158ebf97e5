import { randomUUID } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import { intentIdOf, uuidv7 } from '@payments/domain';
import type { TestQuery } from './testing/test-query.js';
import { useQuery } from './testing/use-query.js';

let query: TestQuery;
useQuery((opened) => {
  query = opened;
});

const UNKNOWN = intentIdOf('no such order', 'stripe');

describe('what is not there is 404:', () => {
  test.each([
    `/v1/payment-intents/${UNKNOWN}`,
    `/v1/payment-intents/${UNKNOWN}?afterVersion=0&wait=10ms`,
    `/v1/payment-intents/${UNKNOWN}/timeline`,
    `/v1/commands/${randomUUID()}`,
    '/v1/payment-intents',
    '/v1/nothing',
  ])('%s', async (path) => {
    expect(await query.get(path)).toMatchObject({
      status: 404,
      type: 'application/problem+json',
      body: { type: 'about:blank', status: 404, title: expect.any(String), detail: expect.any(String) },
    });
  });
});

describe('what is malformed is 400 and named:', () => {
  const intent = `/v1/payment-intents/${UNKNOWN}`;
  test.each([
    ['/v1/payment-intents/42', 'intentId: must be'],
    // A UUID, but not an intent's.
    [`/v1/payment-intents/${uuidv7()}`, 'intentId: must be'],
    ['/v1/payment-intents/42/timeline?limit=0', 'intentId: must be'],
    ['/v1/payment-intents/42/timeline?limit=0', 'limit: must be a whole number from 1 to 200'],
    [`${intent}?wait=2s`, 'afterVersion: is needed with wait'],
    [`${intent}?wait=2&afterVersion=1`, 'wait: must be like 2s or 500ms'],
    [`${intent}?wait=31s&afterVersion=1`, 'at most 30000ms'],
    [`${intent}?afterVersion=-1`, 'afterVersion: must be a whole number'],
    [`${intent}?afterVersion=1&afterVersion=2`, 'afterVersion: send it once'],
    [`${intent}?afterVersoin=1`, '"afterVersoin": is no parameter here; there are wait, afterVersion'],
    [`${intent}?__proto__=1`, '"__proto__": is no parameter here'],
    [`${intent}/timeline?cursor=%00`, 'cursor: must be the nextCursor'],
    [`${intent}/timeline?cursor=${cursorOf('1.webhook')}`, 'cursor: must be the nextCursor'],
    [`${intent}/timeline?cursor=${cursorOf('1.other.x')}`, 'cursor: must be the nextCursor'],
    [
      `${intent}/timeline?cursor=${cursorOf('99999999999999999999.webhook.x')}`,
      'cursor: must be the nextCursor',
    ],
    ['/v1/customers/c/payments?cursor=', 'cursor: must be the nextCursor'],
    [`/v1/customers/c/payments?cursor=${cursorOf(`1.${uuidv7()}`)}`, 'cursor: must be the nextCursor'],
    [`/v1/customers/c/payments?cursor=${cursorOf(`x.${UNKNOWN}`)}`, 'cursor: must be the nextCursor'],
    ['/v1/customers/c/payments?limit=101', 'limit: must be a whole number from 1 to 100'],
    ['/v1/customers/c/payments?limit=1e1', 'limit: must be a whole number'],
    ['/v1/customers/%00/payments', 'customerId: must have 1 to 255 characters'],
    [`/v1/orders/${'x'.repeat(256)}/payments`, 'orderId: must have 1 to 255 characters'],
    ['/v1/reviews?gatewayProvider=adyen', 'gatewayProvider: must be one of stripe, paypal, razorpay'],
    ['/v1/reviews?limit=201', 'limit: must be a whole number from 1 to 200'],
    [`/v1/reviews?cursor=${cursorOf('x.1')}`, 'cursor: must be the nextCursor'],
    [`/v1/reviews?cursor=${cursorOf(`${UNKNOWN}.1e9`)}`, 'cursor: must be the nextCursor'],
    ['/v1/orders/o/payments?limit=1', '"limit": is no parameter here; there are none'],
    ['/v1/commands/x', 'commandId: must be the id of a command, a UUID of version 1 to 8'],
    [
      '/v1/commands/00000000-0000-0000-0000-000000000000',
      'commandId: must be the id of a command, a UUID of version 1 to 8',
    ],
    ['/v1/webhooks/stats?days=2', '"days": is no parameter here'],
    ['/v1/orders/%ff/payments', 'could not be read'],
  ])('%s: %s', async (path, detail) => {
    const answer = await query.get(path);
    expect(answer).toMatchObject({ status: 400, type: 'application/problem+json' });
    expect(answer.body.detail).toContain(detail);
  });
});

test.each(['POST', 'PUT', 'DELETE', 'PATCH'])('%s is refused, and GET named', async (method) => {
  const answer = await query.get(`/v1/payment-intents/${UNKNOWN}`, { method });
  expect(answer).toMatchObject({ status: 405, type: 'application/problem+json' });
  expect(answer.headers.get('allow')).toBe('GET, HEAD');
});

test('HEAD answers as GET without its body; metrics and health answer too', async () => {
  const { intentId } = await query.create();
  const head = await query.get(`/v1/payment-intents/${intentId}`, { method: 'HEAD' });
  expect(head).toMatchObject({ status: 200, type: 'application/json', body: undefined });
  expect((await query.get('/health/live')).status).toBe(200);
  const metrics = await (await fetch(`${query.url}/metrics`)).text();
  expect(metrics).toContain(
    'query_duration_seconds_count{route="/v1/payment-intents/:intentId",status="200"}',
  );
});

test('/openapi.json tells everybody what there is', async () => {
  const answer = await query.get('/openapi.json', { headers: {} });
  expect(answer).toMatchObject({ status: 200, type: 'application/json', body: { openapi: '3.1.0' } });
  expect((await query.get('/openapi.json', { method: 'POST' })).status).toBe(404);
});

test.each([
  ['without an API key', { headers: {} }, 401],
  ['with an unknown one', { headers: { authorization: 'Bearer unknown' } }, 401],
])('%s nothing is told but how to ask', async (_how, init, status) => {
  for (const path of [`/v1/payment-intents/${UNKNOWN}`, '/v1/payment-intents/42', '/v1/reviews']) {
    const answer = await query.get(path, init);
    expect(answer).toMatchObject({ status, body: { title: 'API key refused' } });
    expect(answer.headers.get('www-authenticate')).toMatch(/^Bearer /);
  }
  expect((await query.get('/health/live', init)).status).toBe(200);
});

function cursorOf(text: string): string {
  return Buffer.from(text).toString('base64url');
}
