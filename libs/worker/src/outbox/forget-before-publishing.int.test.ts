import { randomUUID } from 'node:crypto';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { type Cache, createCache, keysOfPayments } from '@payments/cache';
import { FaultyLink } from '@payments/cache/testing';
import { sharedStack, until } from '@payments/local/testing';
import { createLogger, Metrics } from '@payments/runtime';
import { CacheLateError } from '../disposition.js';
import { forgetBeforePublishing } from './forget-before-publishing.js';

const SLOW_MS = 1_000;
const CACHED_S = 300;

let link: FaultyLink;
let cache: Cache;
/** Bypasses the faulty link. */
let direct: Cache;
beforeEach(async () => {
  link = new FaultyLink(sharedStack().redisUrl);
  await link.open();
  cache = cacheAt(link.url, 500);
  direct = cacheAt(sharedStack().redisUrl, 10_000);
  for (const one of [cache, direct]) {
    await until(async () => (await one.ping()) === undefined, { what: 'Redis to answer' });
  }
});
afterEach(async () => {
  cache.close();
  direct.close();
  await link.close();
});

function cacheAt(url: string, timeoutMs: number): Cache {
  const logger = createLogger({ service: 'test', level: 'silent' });
  return createCache({ url, logger, timeoutMs, metrics: new Metrics({ defaultMetrics: false }) });
}

async function aCachedPayment() {
  const payment = { intentId: randomUUID(), orderId: randomUUID(), customerId: randomUUID() };
  const keys = keysOfPayments([payment]);
  await direct.setAll(keys, '1 old', CACHED_S);
  const isForgotten = async (): Promise<boolean> =>
    (await Promise.all(keys.map((key) => direct.look(key)))).every(({ kind }) => kind === 'miss');
  expect(await isForgotten()).toBe(false);
  return { rows: [{ payload: payment }], isForgotten };
}

test('cached payments are invalidated before their events are published', async () => {
  const { rows, isForgotten } = await aCachedPayment();
  await until(() => forgetBeforePublishing(cache, rows).then(() => true), { what: 'Redis to confirm' });
  expect(await isForgotten()).toBe(true);
});

test('a slow Redis makes rows wait; without Redis they are published', async () => {
  const { rows, isForgotten } = await aCachedPayment();
  link.slow(SLOW_MS);
  await expect(forgetBeforePublishing(cache, rows)).rejects.toThrow(CacheLateError);
  link.freeze();
  await until(() => forgetBeforePublishing(cache, rows).then(() => cache.isAway), {
    what: 'Redis to count as away',
  });
  link.mend();
  await until(isForgotten, { what: 'what was owed' });
});
