import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { sharedStack, until } from '@payments/local/testing';
import { createLogger, Metrics } from '@payments/runtime';
import { measured } from '@payments/runtime/testing';
import { Redis } from 'ioredis';
import { type Cache, createCache } from './cache.js';
import { FaultyLink } from './testing/faulty-link.js';
import { lookAt } from './versioned.js';
import { webhookMarks } from './webhook-marks.js';

/** Of a Redis that answers: these tests share their CPUs with many others. */
const PATIENCE_MS = 10_000;
/** Of a Redis that does not: each test waits for it several times. */
const TIMEOUT_MS = 400;
const BREAKER_RESET_MS = 50;

let link: FaultyLink;
/** Bypasses the faulty link. */
let redis: Redis;
let metrics: Metrics;
let cache: Cache;
let logged: string[];

beforeAll(() => {
  redis = new Redis(sharedStack().redisUrl);
});

afterAll(() => redis.disconnect());

beforeEach(async () => {
  link = new FaultyLink(sharedStack().redisUrl);
  await link.open();
  await openCache(PATIENCE_MS);
});

afterEach(async () => {
  cache.close();
  await link.close();
});

/** Behind the faulty link, and in use. */
async function openCache(timeoutMs: number): Promise<void> {
  metrics = new Metrics({ defaultMetrics: false });
  const lines: string[] = [];
  const destination = { write: (line: string) => void lines.push(JSON.parse(line).msg) };
  const logger = createLogger({ service: 'test', destination });
  cache = createCache({ url: link.url, logger, metrics, timeoutMs, breakerResetMs: BREAKER_RESET_MS });
  await untilCacheWorks();
  // Connecting may take longer than a call.
  lines.length = 0;
  logged = lines;
}

async function reopenCache(timeoutMs: number): Promise<void> {
  cache.close();
  await openCache(timeoutMs);
}

async function untilCacheWorks(): Promise<void> {
  const key = newKey();
  await until(() => cache.set(key, '1', 60), { what: 'the cache to take a value' });
}

async function untilBreakerOpens(): Promise<void> {
  const opened = async (): Promise<boolean> => {
    await cache.get(newKey());
    return (await breakerState()) === 2;
  };
  await until(opened, { what: 'the breaker to open' });
}

function breakerState(): Promise<number> {
  return measured(metrics, 'cache_breaker_state');
}

function newKey(): string {
  return `test:${randomUUID()}`;
}

test('values come back, and are forgotten in time', async () => {
  const [a, b, missing] = [newKey(), newKey(), newKey()];
  expect(await cache.set(a, 'ä "quoted"', 300)).toBe(true);
  expect(await cache.setAll([b], '2', 20)).toBe(true);
  expect(await cache.get(a)).toBe('ä "quoted"');
  expect(await cache.mget([b, missing, a])).toEqual(['2', undefined, 'ä "quoted"']);
  expect(await redis.ttl(a)).toBeGreaterThan(290);
  expect(await redis.ttl(b)).toBeLessThanOrEqual(20);
});

test('nothing asked for is nothing done', async () => {
  expect(await cache.mget([])).toEqual([]);
  expect(await cache.setAll([], '2', 20)).toBe(true);
  expect(await cache.invalidate([])).toBe(true);
});

test('a value of another type is a miss, and can be written over', async () => {
  const key = newKey();
  await redis.lpush(key, 'x');
  expect(await cache.get(key)).toBeUndefined();
  expect(await cache.set(key, 'text', 60)).toBe(true);
  expect(await cache.get(key)).toBe('text');
});

test('hits and misses are counted for each key, by its kind', async () => {
  const key = newKey();
  await cache.set(key, '1', 60);
  await cache.mget([key, newKey(), newKey()]);
  await cache.look(`other:${randomUUID()}`);
  expect(await measured(metrics, 'cache_reads_total', { kind: 'test', outcome: 'hit' })).toBe(1);
  expect(await measured(metrics, 'cache_reads_total', { kind: 'test', outcome: 'miss' })).toBe(2);
  expect(await measured(metrics, 'cache_reads_total', { kind: 'other' })).toBe(1);
});

test('a thousand values are written in one go', async () => {
  const keys = Array.from({ length: 1_000 }, newKey);
  expect(await cache.setAll(keys, 'x', 60)).toBe(true);
  expect(await redis.exists(keys)).toBe(1_000);
});

describe.each([
  ['gone', 'failed', (): void => link.cut()],
  ['hanging', 'timeout', (): void => link.freeze()],
  ['slow', 'timeout', (): void => link.slow(TIMEOUT_MS)],
])('with Redis %s', (_name, reason, breakIt) => {
  beforeEach(() => reopenCache(TIMEOUT_MS));

  test('reads miss, writes say so, and no call rejects', async () => {
    const key = newKey();
    await cache.set(key, '1', 60);
    breakIt();
    expect(await cache.get(key)).toBeUndefined();
    expect(await cache.mget([key, key])).toEqual([undefined, undefined]);
    expect(await cache.set(key, '2', 60)).toBe(false);
    expect(await cache.setAll([key], '2', 60)).toBe(false);
    expect(await cache.look(key)).toEqual({ kind: 'unknown' });
    expect(await cache.fill(key, undefined, { version: 1, text: '1' }, 60)).toBe(false);
    expect(await cache.invalidate([key])).toBe(false);
    expect(await cache.ping()).toEqual(expect.any(String));
    expect(await measured(metrics, 'cache_failures_total', { operation: 'read', reason })).toBeGreaterThan(0);
    expect(await measured(metrics, 'cache_reads_total', { outcome: 'miss' })).toBe(0);
  });

  test('the breaker opens and Redis is not asked; it is used again when it is back', async () => {
    breakIt();
    await untilBreakerOpens();
    const before = await measured(metrics, 'cache_failures_total', { reason: 'open' });
    await Promise.all(Array.from({ length: 1_000 }, () => cache.get(newKey())));
    expect(await measured(metrics, 'cache_failures_total', { reason: 'open' })).toBeGreaterThan(before + 990);

    link.mend();
    await untilCacheWorks();
    expect(await breakerState()).toBe(0);
    await until(async () => (await cache.ping()) === undefined, { what: 'Redis to answer' });
    expect(logged).toEqual(['Redis does not answer: going on without it', 'Redis answers again']);
  });

  test('what it was not told of in time it forgets once it answers again', async () => {
    const keys = [newKey(), newKey()];
    for (const key of keys) await redis.set(key, '1 old', 'EX', 300);
    breakIt();
    await untilBreakerOpens();
    expect(cache.isAway).toBe(true);
    expect(await cache.invalidate(keys)).toBe(false);
    expect(await measured(metrics, 'cache_invalidations_owed')).toBe(2);
    link.mend();
    const owed = (): Promise<number> => measured(metrics, 'cache_invalidations_owed');
    await until(async () => (await owed()) === 0, { what: 'nothing to be owed' });
    expect(cache.isAway).toBe(false);
    for (const key of keys) expect(lookAt(await redis.get(key)).kind).toBe('miss');
  });
});

test('a connection that hangs is given up for a new one', async () => {
  await reopenCache(TIMEOUT_MS);
  link.freeze();
  await untilBreakerOpens();
  const { connections } = link;
  const opened = (): boolean => link.connections > connections;
  await until(opened, { what: 'a new connection' });
});

test('a Redis that is not there at the start is used when it comes', async () => {
  link.cut();
  const late = createCache({
    url: link.url,
    logger: createLogger({ service: 'test', level: 'silent' }),
    metrics: new Metrics({ defaultMetrics: false }),
    timeoutMs: PATIENCE_MS,
    breakerResetMs: BREAKER_RESET_MS,
  });
  try {
    expect(await late.get(newKey())).toBeUndefined();
    link.mend();
    const key = newKey();
    await until(() => late.set(key, '1', 60), { what: 'the late Redis to be used' });
    expect(await late.get(key)).toBe('1');
  } finally {
    late.close();
  }
});

describe('webhook marks', () => {
  test('tell what is done, for a day', async () => {
    const marks = webhookMarks(cache);
    const [done, other] = [`stripe:${randomUUID()}`, `stripe:${randomUUID()}`];
    await marks.mark([done]);
    expect(await marks.marked([done, other])).toEqual(new Set([done]));
    const ttl = await redis.ttl(`webhook_processed:${done}`);
    expect(ttl).toBeGreaterThan(86_300);
    expect(ttl).toBeLessThanOrEqual(86_400);
  });

  test('of nothing are none', async () => {
    const marks = webhookMarks(cache);
    await marks.mark([]);
    expect(await marks.marked([])).toEqual(new Set());
  });

  test('say nothing while Redis is gone: the webhook is then done again, and Postgres decides', async () => {
    const marks = webhookMarks(cache);
    const id = `stripe:${randomUUID()}`;
    await marks.mark([id]);
    link.cut();
    await marks.mark([`stripe:${randomUUID()}`]);
    expect(await marks.marked([id])).toEqual(new Set());
    link.mend();
    const known = async (): Promise<boolean> => (await marks.marked([id])).size === 1;
    await until(known, { what: 'the mark to be seen again' });
  });
});
