import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { sharedStack } from '@payments/local/testing';
import { createLogger, Metrics } from '@payments/runtime';
import { Redis } from 'ioredis';
import { type Cache, createCache } from './cache.js';
import { claims } from './claims.js';
import { slidingLimit } from './sliding-limit.js';

const MINUTE_MS = 60_000;
/** No server listens there. */
const NO_REDIS = 'redis://127.0.0.1:1';

let redis: Redis;
let cache: Cache;
let without: Cache;

function openCache(url: string): Cache {
  const logger = createLogger({ service: 'test', level: 'silent' });
  return createCache({ url, logger, metrics: new Metrics({ defaultMetrics: false }), timeoutMs: 5_000 });
}

beforeAll(() => {
  redis = new Redis(sharedStack().redisUrl);
  cache = openCache(sharedStack().redisUrl);
  without = openCache(NO_REDIS);
});
afterAll(() => {
  redis.disconnect();
  cache.close();
  without.close();
});

describe('a claim', () => {
  const options = { prefix: `test-${randomUUID()}`, ttlS: 300 };

  test('is given to one of many that come at once, and all learn whose it is', async () => {
    const { claim } = claims(cache, options);
    const name = randomUUID();
    const values = Array.from({ length: 50 }, () => randomUUID());
    const owners = new Set(await Promise.all(values.map((value) => claim(name, value))));
    expect(owners.size).toBe(1);
    expect(values).toContain([...owners][0]);
    expect(await redis.ttl(`${options.prefix}:${name}`)).toBeGreaterThan(290);
  });

  test('is unknown while Redis is gone', async () => {
    expect(await claims(without, options).claim('x', '1')).toBeUndefined();
  });
});

describe('a sliding limit', () => {
  test('admits as many as it says of those that come at once by several ways', async () => {
    const options = { prefix: `test-${randomUUID()}`, limit: 10, windowMs: MINUTE_MS };
    const ways = [slidingLimit(cache, options), slidingLimit(cache, options)];
    const answers = await Promise.all(
      Array.from({ length: 40 }, (_, index) => ways[index % 2]?.admit('customer', `command ${index}`)),
    );
    expect(answers.filter((answer) => answer?.admitted)).toHaveLength(10);
    const refused = await ways[0]?.admit('customer', 'one more');
    expect(refused).toMatchObject({ admitted: false, remaining: 0 });
    expect(refused?.resetMs).toBeGreaterThan(0);
    expect(refused?.resetMs).toBeLessThanOrEqual(MINUTE_MS);
    expect(await redis.pttl(`${options.prefix}:customer`)).toBeLessThanOrEqual(MINUTE_MS);
  });

  test('lets what it admitted come again', async () => {
    const { admit } = slidingLimit(cache, { prefix: `test-${randomUUID()}`, limit: 1, windowMs: MINUTE_MS });
    await admit('customer', 'command');
    expect(await admit('customer', 'command')).toMatchObject({ admitted: true, remaining: 0 });
  });

  test('that was lowered has none left, and never fewer', async () => {
    const options = { prefix: `test-${randomUUID()}`, limit: 3, windowMs: MINUTE_MS };
    const { admit } = slidingLimit(cache, options);
    for (const command of ['1', '2', '3']) await admit('customer', command);
    const lowered = slidingLimit(cache, { ...options, limit: 1 });
    expect(await lowered.admit('customer', '4')).toMatchObject({ admitted: false, remaining: 0 });
    expect(await lowered.admit('customer', '1')).toMatchObject({ admitted: true, remaining: 0 });
  });

  test('admits again once the window has passed', async () => {
    const prefix = `test-${randomUUID()}`;
    const { admit } = slidingLimit(cache, { prefix, limit: 1, windowMs: MINUTE_MS });
    await admit('customer', 'command');
    await redis.zadd(`${prefix}:customer`, Date.now() - MINUTE_MS - 1_000, 'command');
    expect(await admit('customer', 'another')).toMatchObject({ admitted: true, remaining: 0 });
  });

  test('is kept by the process alone while Redis is gone', async () => {
    const { admit } = slidingLimit(without, { prefix: 'test', limit: 2, windowMs: MINUTE_MS });
    const answers = [await admit('a', '1'), await admit('a', '2'), await admit('a', '3')];
    expect(answers.map(({ admitted }) => admitted)).toEqual([true, true, false]);
  });
});
