import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { intentIdOf, uuidv7 } from '@payments/domain';
import { ensurePartitions } from '@payments/persistence';
import { makeUnknownAttempt } from '@payments/persistence/testing';
import { startTestQuery, type TestQuery, untilCacheAnswers, WAIT_MS_MAX } from './testing/test-query.js';

let query: TestQuery;

beforeAll(async () => {
  query = await startTestQuery();
  await untilCacheAnswers(query);
});
afterAll(() => query.close());

const UNKNOWN = intentIdOf('no such order', 'stripe');

test('an intent is told whole, the same from Postgres and from Redis', async () => {
  const { intentId } = await query.create({
    orderId: 'order-42',
    customerId: 'cust-7',
    amount: { amountMinor: 295n, currency: 'JPY' },
    paymentMethodToken: 'pm_1',
    metadata: { basket: 'b-1' },
    expiresAt: new Date(2_000_000_000_000),
  });
  const first = await query.get(`/v1/payment-intents/${intentId}`);
  expect(first).toMatchObject({ status: 200, type: 'application/json' });
  expect(first.body).toEqual({
    intentId,
    orderId: 'order-42',
    customerId: 'cust-7',
    gatewayProvider: 'stripe',
    attempt: 1,
    amount: 295,
    currency: 'JPY',
    captureMethod: 'automatic',
    confirm: false,
    paymentMethodToken: 'pm_1',
    fallbacks: [],
    returnUrl: null,
    metadata: { basket: 'b-1' },
    status: 'CREATED',
    version: 1,
    amountCaptured: 0,
    amountRefunded: 0,
    gatewayIntentId: null,
    currentGatewayProvider: 'stripe',
    nextAction: null,
    lastError: null,
    createdAt: expect.stringMatching(/^\d{4}-.*Z$/),
    updatedAt: expect.any(String),
    expiresAt: '2033-05-18T03:33:20.000Z',
  });
  const hits = () => query.measured('cache_reads_total');
  const before = await hits();
  const second = await query.get(`/v1/payment-intents/${intentId.toUpperCase()}`);
  expect(second.body).toEqual(first.body);
  expect(await hits()).toBe(before + 1);
});

test("an order's payments are told newest first; an order without any has none", async () => {
  const orderId = `an order/with äöü ${randomUUID()}`;
  const path = `/v1/orders/${encodeURIComponent(orderId)}/payments`;
  expect(await query.get(path)).toMatchObject({ status: 200, body: { payments: [] } });
  const first = await query.create({ orderId, allowAnother: true });
  const second = await query.create({ orderId, attempt: 2, allowAnother: true });
  const { body } = await query.get(path);
  expect(body.payments.map(({ intentId }) => intentId)).toEqual([second.intentId, first.intentId]);
  await query.change(first);
  expect((await query.get(path)).body).toEqual(body);
});

test("a customer's payments come in pages that new ones do not disturb", async () => {
  const customerId = `cust ${randomUUID()}`;
  const path = `/v1/customers/${encodeURIComponent(customerId)}/payments`;
  const old = await Promise.all(Array.from({ length: 11 }, () => query.create({ customerId })));
  const seen: string[] = [];
  let cursor: string | null = '';
  let pages = 0;
  while (cursor !== null) {
    const writing = query.create({ customerId });
    const { status, body } = await query.get(`${path}?limit=3${cursor && `&cursor=${cursor}`}`);
    expect(status).toBe(200);
    expect(body.payments.length).toBeLessThanOrEqual(3);
    seen.push(...body.payments.map(({ intentId }) => intentId));
    cursor = body.nextCursor;
    pages += 1;
    await writing;
  }
  expect(pages).toBeGreaterThanOrEqual(4);
  expect(new Set(seen).size).toBe(seen.length);
  for (const { intentId } of old) expect(seen).toContain(intentId);
});

test('the first page of a customer is cached, others are not', async () => {
  const { intentId } = await query.create({ customerId: 'cust-cached' });
  const path = '/v1/customers/cust-cached/payments';
  const first = await query.get(path);
  expect(first.body).toMatchObject({ payments: [{ intentId }], nextCursor: null });
  await query.create({ customerId: 'cust-cached' });
  expect((await query.get(path)).body).toEqual(first.body);
  expect((await query.get(`${path}?limit=50`)).body.payments).toHaveLength(2);
});

test('a timeline tells what happened, page by page', async () => {
  const { intentId, id } = await query.create();
  const commandIds = [uuidv7(), uuidv7(), uuidv7()].toSorted();
  for (const commandId of commandIds) await insertCommand(commandId, intentId, id);
  const path = `/v1/payment-intents/${intentId}/timeline`;
  const first = await query.get(`${path}?limit=2`);
  expect(first.body.entries).toMatchObject([
    { kind: 'command', id: commandIds[0], type: 'capture', outcome: 'REJECTED', code: 'ALREADY_CAPTURED' },
    { kind: 'command', id: commandIds[1], at: '2026-01-02T03:04:05.000Z' },
  ]);
  const second = await query.get(`${path}?limit=2&cursor=${first.body.nextCursor}`);
  expect(second.body).toMatchObject({ entries: [{ id: commandIds[2] }], nextCursor: null });
});

test('a timeline tells each call to a gateway, and how far it has come', async () => {
  const created = await query.create();
  const attemptId = await makeUnknownAttempt(query.database, created);
  const { body } = await query.get(`/v1/payment-intents/${created.intentId}/timeline`);
  expect(body.entries).toMatchObject([
    {
      kind: 'gateway_attempt',
      id: attemptId,
      operation: 'confirm',
      state: 'UNKNOWN',
      leg: 1,
      sends: 1,
      gatewayProvider: 'stripe',
      errorCode: 'timeout',
      unknownSince: expect.any(String),
      needsReviewSince: expect.any(String),
    },
  ]);
});

test('unknown outcomes that wait for a person are told page by page, the longest unknown first', async () => {
  const made: string[] = [];
  for (const days of [5, 4, 3]) {
    const sentAt = new Date(Date.now() - days * 86_400_000);
    made.push(await makeUnknownAttempt(query.database, await query.create(), { sentAt }));
  }
  await makeUnknownAttempt(query.database, await query.create(), { needsReviewSince: null });
  const first = await query.get('/v1/reviews?limit=2&gatewayProvider=stripe');
  expect(first).toMatchObject({ status: 200, type: 'application/json' });
  expect(first.body.reviews.map(({ attemptId }) => attemptId)).toEqual(made.slice(0, 2));
  expect(first.body.reviews[0]).toMatchObject({ operation: 'confirm', currency: 'USD', intentAmount: 1999 });
  const second = await query.get(`/v1/reviews?limit=200&cursor=${first.body.nextCursor}`);
  expect(second.body.reviews[0]?.attemptId).toBe(made[2]);
  expect(second.body.nextCursor).toBeNull();
  expect((await query.get('/v1/reviews?gatewayProvider=paypal')).body.reviews).toEqual([]);
});

test('a command is told with its outcome; before that it is not known, and may be asked for again', async () => {
  const { intentId, id } = await query.create();
  const commandId = uuidv7();
  const path = `/v1/commands/${commandId}`;
  const before = await query.get(path);
  expect(before).toMatchObject({ status: 404, type: 'application/problem+json' });
  expect(before.headers.get('retry-after')).toBe('1');
  await insertCommand(commandId, intentId, id);
  expect((await query.get(path)).body).toEqual({
    commandId,
    type: 'capture',
    intentId,
    outcome: 'REJECTED',
    code: 'ALREADY_CAPTURED',
    detail: 'It is captured.',
    intentVersion: 1,
    receivedAt: '2026-01-02T03:04:05.000Z',
    decidedAt: '2026-01-02T03:04:05.000Z',
    idReusedAt: null,
  });
  await query.database.primary.query('UPDATE commands SET id_reused_at = $2 WHERE command_id = $1', [
    commandId,
    new Date('2026-01-02T03:05:00Z'),
  ]);
  expect((await query.get(path)).body).toMatchObject({ idReusedAt: '2026-01-02T03:05:00.000Z' });
});

test("the day's webhooks are told by type", async () => {
  await query.database.primary.query(
    `INSERT INTO payment_webhooks (id, received_at, kafka_offset, kafka_partition, webhook_id, gateway_provider,
       event_type, source, status, kafka_topic, object_ids, processed_at)
     VALUES ($1, now() - interval '2 s', 0, 0, 'stripe:evt_1', 'stripe', 'charge.succeeded', 'gateway', 'IGNORED', 't', '{}',
       now())`,
    [randomUUID()],
  );
  expect((await query.get('/v1/webhooks/stats')).body).toEqual({
    types: [
      {
        eventType: 'charge.succeeded',
        totalWebhooks: 1,
        avgProcessingSeconds: expect.closeTo(2, 3),
        failedCount: 0,
      },
    ],
  });
});

test('an intent whose partition is archived is gone, not unknown: nobody waits for it', async () => {
  const { primary } = query.database;
  const createdAt = new Date('2024-03-15T00:00:00Z');
  await ensurePartitions(query.database, createdAt);
  const orderId = `order ${randomUUID()}`;
  const { intentId, id } = await query.create({ createdAt, orderId });
  const [row] = await primary.query(
    'SELECT tableoid::regclass::text AS partition FROM payment_intents WHERE id = $1',
    [id],
  );
  await primary.query(`ALTER TABLE payment_intents DETACH PARTITION ${row.partition}`);
  for (const parameters of ['', '?afterVersion=0', `?afterVersion=0&wait=${WAIT_MS_MAX}ms`]) {
    expect(await query.get(`/v1/payment-intents/${intentId}${parameters}`)).toMatchObject({
      status: 410,
      type: 'application/problem+json',
      body: { status: 410, title: 'Archived', detail: expect.stringContaining('ask those who operate') },
    });
  }
  const ofOrder = await query.get(`/v1/orders/${encodeURIComponent(orderId)}/payments`);
  expect(ofOrder).toMatchObject({ status: 200, body: { payments: [], archivedIntentIds: [intentId] } });
});

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
    // A UUID, but of no intent.
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
    ['/v1/commands/x', 'commandId: must be the id of a command, a UUID'],
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

async function insertCommand(commandId: string, intentId: string, rowId: string): Promise<void> {
  await query.database.primary.query(
    `INSERT INTO commands (command_id, type, intent_id, payment_intent_id, sender, request_hash, outcome, code, detail,
       intent_version, received_at, decided_at)
     VALUES ($1, 'capture', $2, $3, 'tests', sha256('\\x00'), 'REJECTED', 'ALREADY_CAPTURED', 'It is captured.', 1, $4, $4)`,
    [commandId, intentId, rowId, new Date('2026-01-02T03:04:05Z')],
  );
}
