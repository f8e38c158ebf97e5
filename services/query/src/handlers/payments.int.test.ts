import { randomUUID } from 'node:crypto';
import { expect, test } from '@jest/globals';
import { ensurePartitions } from '@payments/persistence';
import { type TestQuery, WAIT_MS_MAX } from '../testing/test-query.js';
import { useQuery } from '../testing/use-query.js';

let query: TestQuery;
useQuery((opened) => {
  query = opened;
});

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
