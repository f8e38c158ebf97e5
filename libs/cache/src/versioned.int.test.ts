import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { sharedStack, until } from '@payments/local/testing';
import { createLogger, Metrics } from '@payments/runtime';
import { Redis } from 'ioredis';
import { type Cache, createCache } from './cache.js';
import { customerPaymentsKey, forgetPayments, orderPaymentsKey, paymentIntentKey } from './payment-keys.js';
import { lookAt, MARK_TTL_S, type Ticket } from './versioned.js';

let redis: Redis;
let cache: Cache;
let key: string;

beforeAll(async () => {
  const url = sharedStack().redisUrl;
  redis = new Redis(url);
  cache = createCache({
    url,
    logger: createLogger({ service: 'test', level: 'silent' }),
    metrics: new Metrics({ defaultMetrics: false }),
    timeoutMs: 5_000,
  });
  await until(async () => (await cache.ping()) === undefined, { what: 'Redis to answer' });
});
beforeEach(() => {
  key = paymentIntentKey(randomUUID());
});
afterAll(() => {
  cache.close();
  redis.disconnect();
});

async function ticketOf(of: string): Promise<Ticket> {
  const look = await cache.look(of);
  if (look.kind !== 'miss') throw new Error(`a ${look.kind} instead of a miss`);
  return look.ticket;
}

const value = (version: number) => ({ version, text: JSON.stringify({ version, note: 'a b "ä"' }) });

test('what a reader filled is found, with its version, until its time is over', async () => {
  expect(await cache.fill(key, await ticketOf(key), value(3), 300)).toBe(true);
  expect(await cache.look(key)).toEqual({ kind: 'hit', ...value(3) });
  const ttlS = await redis.ttl(key);
  expect(ttlS).toBeGreaterThan(290);
  expect(ttlS).toBeLessThanOrEqual(300);
});

test('a reader who began before a writer committed does not put the old version back', async () => {
  const slow = await ticketOf(key);
  await cache.invalidate([key]);
  expect(await cache.fill(key, slow, value(1), 300)).toBe(false);
  expect((await cache.look(key)).kind).toBe('miss');
});

test('nor does one who began between two writers, nor one who is overtaken by a newer reader', async () => {
  await cache.invalidate([key]);
  const slow = await ticketOf(key);
  expect(slow.justChanged).toBe(true);
  await cache.invalidate([key]);
  expect(await cache.fill(key, slow, value(2), 300)).toBe(false);
  expect(await cache.fill(key, await ticketOf(key), value(3), 300)).toBe(true);
  expect(await cache.fill(key, slow, value(2), 300)).toBe(false);
  expect(await cache.look(key)).toMatchObject({ kind: 'hit', version: 3 });
});

test('without a ticket a newer version replaces an older one, and nothing else', async () => {
  expect(await cache.fill(key, undefined, value(2), 300)).toBe(false);
  await cache.fill(key, await ticketOf(key), value(9), 300);
  expect(await cache.fill(key, undefined, value(9), 300)).toBe(false);
  expect(await cache.fill(key, undefined, value(8), 300)).toBe(false);
  // Compared as numbers: 10 is newer than 9.
  expect(await cache.fill(key, undefined, value(10), 300)).toBe(true);
  await cache.invalidate([key]);
  expect(await cache.fill(key, undefined, value(11), 300)).toBe(false);
  expect((await cache.look(key)).kind).toBe('miss');
});

test('of many readers and writers at once none sees a version after a later one', async () => {
  let committed = 0;
  let seen = 0;
  const write = async () => {
    committed += 1;
    await cache.invalidate([key]);
    return committed;
  };
  const read = async () => {
    const look = await cache.look(key);
    if (look.kind === 'hit') return look.version;
    if (look.kind === 'unknown') throw new Error('Redis does not answer');
    const version = committed;
    await cache.fill(key, look.ticket, value(version), 300);
    return version;
  };
  for (let round = 0; round < 200; round += 1) {
    const reads = Array.from({ length: 8 }, read);
    await write();
    const newest = committed;
    await Promise.all(reads);
    // After the writer's end no reader finds the previous version, whatever readers did meanwhile.
    seen = await read();
    expect(seen).toBe(newest);
  }
});

test('a mark goes by itself, and outlives every reader who began before it', async () => {
  await cache.invalidate([key]);
  const ttlS = await redis.ttl(key);
  expect(ttlS).toBeLessThanOrEqual(MARK_TTL_S);
  expect(ttlS).toBeGreaterThan(MARK_TTL_S / 2);
  const ticket = await ticketOf(key);
  expect(await cache.fill(key, { ...ticket, isGood: () => false }, value(1), 300)).toBe(false);
});

test('a change of payments is forgotten under intent, order and customer', async () => {
  const payment = { intentId: randomUUID(), orderId: randomUUID(), customerId: randomUUID() };
  const keys = [
    paymentIntentKey(payment.intentId),
    orderPaymentsKey(payment.orderId),
    customerPaymentsKey(payment.customerId),
  ];
  for (const one of keys) await cache.fill(one, await ticketOf(one), value(1), 300);
  await forgetPayments(cache, [payment, payment]);
  for (const one of keys) expect((await cache.look(one)).kind).toBe('miss');
  await forgetPayments(cache, []);
});

test.each(['', '!mark', ' 1', 'text', '1'])('%j in Redis is no value', (held) => {
  expect(lookAt(held)).toMatchObject({ kind: 'miss', ticket: { seen: held } });
});
