import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { GATEWAY_PROVIDERS, type GatewayConfig, type GatewayProvider } from '@payments/domain';
import { sharedStack, until } from '@payments/local/testing';
import { createLogger, Metrics } from '@payments/runtime';
import { Redis } from 'ioredis';
import { type Cache, createCache } from '../cache.js';
import { FaultyLink } from '../testing/faulty-link.js';
import { forgetGatewayConfig } from './gateway-config-key.js';
import { readCachedGatewayConfig } from './read-gateway-config.js';
import { type GatewayConfigWatch, watchGatewayConfigs } from './watch-gateway-configs.js';

/** A Redis database of these tests' own: the keys have fixed names. */
const REDIS_URL = `${sharedStack().redisUrl}/9`;
const POLL_MS = 5;
const NEVER_MS = 3_600_000;

let link: FaultyLink;
let redis: Redis;
let metrics: Metrics;
let cache: Cache;
let logged: string[];
let watch: GatewayConfigWatch | undefined;
/** The configurations in Postgres. */
let stored: Map<GatewayProvider, GatewayConfig>;
let readsOfStored: number;
let isPostgresAway: boolean;

beforeEach(async () => {
  redis = new Redis(REDIS_URL);
  await redis.flushdb();
  link = new FaultyLink(REDIS_URL);
  await link.open();
  logged = [];
  stored = new Map(GATEWAY_PROVIDERS.map((provider) => [provider, configOf(provider)]));
  readsOfStored = 0;
  isPostgresAway = false;
  metrics = new Metrics({ defaultMetrics: false });
  cache = createCache({ url: link.url, logger: logger(), metrics, timeoutMs: 2_000, breakerResetMs: 20 });
  await until(async () => (await cache.ping()) === undefined, { what: 'Redis to answer' });
});

afterEach(async () => {
  watch?.close();
  watch = undefined;
  cache.close();
  redis.disconnect();
  await link.close();
});

test('a configuration is read from Postgres once, then from Redis, where it stays an hour', async () => {
  expect(await readCachedGatewayConfig(cache, 'stripe', readStored)).toEqual(configOf('stripe'));
  await until(async () => (await redis.ttl('gateway_config:stripe')) > 0, { what: 'it to be cached' });
  const ttlS = await redis.ttl('gateway_config:stripe');
  expect(ttlS).toBeGreaterThan(3_500);
  expect(ttlS).toBeLessThanOrEqual(3_600);
  expect(await readCachedGatewayConfig(cache, 'stripe', readStored)).toEqual(configOf('stripe'));
  expect(readsOfStored).toBe(1);
});

test.each([
  ['what another release has cached', `{"provider":"stripe","enabled":true}`],
  ["another gateway's", JSON.stringify({ ...configOf('paypal'), enabled: false })],
])('%s is not believed', async (_what, text) => {
  await redis.set('gateway_config:stripe', `1 ${text}`);
  expect(await readCachedGatewayConfig(cache, 'stripe', readStored)).toEqual(configOf('stripe'));
});

test('while nothing changes, a watch looks at Redis and leaves Postgres alone', async () => {
  await startWatch();
  await untilAllCached();
  const before = readsOfStored;
  await untilLookedAgain(10);
  expect(readsOfStored).toBe(before);
});

test('a change that is invalidated is told, once, with what was before', async () => {
  const changes = await startWatch();
  await untilAllCached();
  change('paypal', { enabled: false });
  await forgetGatewayConfig(cache, 'paypal');
  await untilKnown('paypal', { enabled: false, version: 2 });
  expect(watch?.current().stripe.enabled).toBe(true);
  await untilLookedAgain(5);
  expect(changes).toEqual([[2, 1]]);
});

test.each([
  ['gone', () => link.cut()],
  ['hanging', () => link.freeze()],
])('with Redis %s a change is told all the same', async (_how, fail) => {
  await startWatch();
  await untilAllCached();
  fail();
  change('stripe', { enabled: false });
  await untilKnown('stripe', { enabled: false });
  link.mend();
});

test('a change that nobody could invalidate is found by asking Postgres in between, and told to Redis', async () => {
  await startWatch({ verifyMs: 50 });
  await untilAllCached();
  change('razorpay', { timeoutMs: 5_000 });
  await untilKnown('razorpay', { timeoutMs: 5_000 });
  const cached = async () => (await redis.get('gateway_config:razorpay'))?.startsWith('2 ') ?? false;
  await until(cached, { what: 'the new version to be cached' });
});

test('an older configuration in Redis is not gone back to', async () => {
  change('stripe', { enabled: false });
  await startWatch();
  await redis.set('gateway_config:stripe', `1 ${JSON.stringify(configOf('stripe'))}`);
  await untilLookedAgain(10);
  expect(watch?.current().stripe).toMatchObject({ enabled: false, version: 2 });
});

test('with both gone the last known holds, which is logged once; the next change is told', async () => {
  await startWatch();
  link.cut();
  isPostgresAway = true;
  await until(() => logged.some((line) => line.includes('cannot be read')), { what: 'a warning' });
  const failed = readsOfStored;
  await until(() => readsOfStored > failed + 6, { what: 'more looks in vain' });
  expect(watch?.current().stripe).toEqual(configOf('stripe'));
  expect(logged.filter((line) => line.includes('cannot be read'))).toHaveLength(1);
  change('stripe', { enabled: false });
  isPostgresAway = false;
  await untilKnown('stripe', { enabled: false });
  link.mend();
});

test('a watch does not start blind', async () => {
  isPostgresAway = true;
  await expect(startWatch()).rejects.toThrow('Postgres is away');
});

async function startWatch({ verifyMs = NEVER_MS } = {}): Promise<[number, number][]> {
  const changes: [number, number][] = [];
  watch = await watchGatewayConfigs({
    cache,
    readStored,
    logger: logger(),
    pollMs: POLL_MS,
    verifyMs,
    onChange: (config, before) => changes.push([config.version, before.version]),
  });
  return changes;
}

async function readStored(provider: GatewayProvider): Promise<GatewayConfig> {
  readsOfStored += 1;
  if (isPostgresAway) throw new Error('Postgres is away');
  return stored.get(provider) ?? configOf(provider);
}

function change(provider: GatewayProvider, over: Partial<GatewayConfig>): void {
  const before = stored.get(provider) ?? configOf(provider);
  stored.set(provider, { ...before, ...over, version: before.version + 1 });
}

async function untilKnown(provider: GatewayProvider, over: Partial<GatewayConfig>): Promise<void> {
  const isKnown = () => {
    const config = watch?.current()[provider];
    return Object.entries(over).every(([name, value]) => config?.[name as keyof GatewayConfig] === value);
  };
  await until(isKnown, { what: `${provider} to be ${JSON.stringify(over)}` });
}

async function untilAllCached(): Promise<void> {
  const keys = GATEWAY_PROVIDERS.map((provider) => `gateway_config:${provider}`);
  await until(async () => (await redis.exists(keys)) === keys.length, { what: 'all to be cached' });
}

/** Counts the cache's own metric of hits. */
async function untilLookedAgain(times: number): Promise<void> {
  const hits = async () => {
    const { values = [] } = (await metrics.registry.getSingleMetric('cache_reads_total')?.get()) ?? {};
    return values.find(({ labels }) => labels.outcome === 'hit')?.value ?? 0;
  };
  const before = await hits();
  await until(async () => (await hits()) >= before + times * GATEWAY_PROVIDERS.length, {
    what: 'more looks at Redis',
  });
}

function logger() {
  return createLogger({
    service: 'test',
    destination: { write: (line: string) => void logged.push(line) },
  });
}

function configOf(provider: GatewayProvider): GatewayConfig {
  return {
    provider,
    enabled: true,
    priority: 100,
    maxConcurrency: 64,
    requestsPerSecond: 40,
    timeoutMs: 10_000,
    breaker: { errorThresholdPercent: 50, volumeThreshold: 10, windowMs: 10_000, resetAfterMs: 15_000 },
    version: 1,
  };
}
