import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { type Cache, createCache, readCachedGatewayConfig } from '@payments/cache';
import type { GatewayConfig, GatewayProvider } from '@payments/domain';
import { until } from '@payments/local/testing';
import { type AuditEntry, type Database, readAuditLog, readGatewayConfig } from '@payments/persistence';
import { useDatabase } from '@payments/persistence/testing';
import { createLogger, Metrics } from '@payments/runtime';
import { NO_REDIS, redisUrl, runHere, runPayments } from '../../testing/run-payments.js';

let database: Database;
let databaseUrl: string;
let cache: Cache;

useDatabase((opened, url) => {
  database = opened;
  databaseUrl = url;
});

beforeAll(async () => {
  cache = createCache({
    url: redisUrl(),
    metrics: new Metrics({ defaultMetrics: false }),
    timeoutMs: 5_000,
    logger: createLogger({ service: 'test', level: 'silent' }),
  });
  await until(async () => (await cache.ping()) === undefined, { what: 'Redis to answer' });
});

beforeEach(() =>
  cache.invalidate(['gateway_config:stripe', 'gateway_config:paypal', 'gateway_config:razorpay']),
);

afterAll(() => cache.close());

test('ls shows a column for each gateway, and every field as set takes it', async () => {
  const { code, out } = await payments('gateway', 'ls');
  expect(code).toBe(0);
  const [head = '', ...lines] = out.split('\n');
  expect(head.trim().split(/ +/)).toEqual(['PAYPAL', 'RAZORPAY', 'STRIPE']);
  expect(lines.find((line) => line.startsWith('breaker.windowMs'))?.split(/ +/)).toEqual([
    'breaker.windowMs',
    '10000',
    '10000',
    '10000',
  ]);
});

test('ls --json is the configurations', async () => {
  const { out } = await payments('gateway', 'ls', '--json');
  expect(JSON.parse(out).gateways).toContainEqual({
    ...(await stored('stripe')),
    updatedAt: expect.stringMatching(/^\d{4}-.*Z$/),
  });
});

test('disable commits the kill switch with who and why, and readers of Redis see it at once', async () => {
  expect((await cached('stripe')).enabled).toBe(true);
  await untilCached('stripe');
  const { code, out, err } = await payments(
    'gateway',
    'disable',
    'stripe',
    '--reason',
    'incident 42',
    '--by',
    'ada',
  );
  expect({ code, out, err }).toEqual({ code: 0, out: 'stripe: enabled true → false\n', err: '' });
  expect(await cached('stripe')).toMatchObject({ enabled: false });
  expect(await lastEntry('stripe')).toMatchObject({
    by: 'ada',
    reason: 'incident 42',
    action: 'gateway.disable',
    before: { enabled: true },
    after: { enabled: false },
  });

  const again = await payments('gateway', 'disable', 'stripe', '--reason', 'incident 42');
  expect(again).toMatchObject({ code: 0, out: 'stripe: nothing to change.\n' });
  await payments('gateway', 'enable', 'stripe', '--reason', 'over');
  expect(await cached('stripe')).toMatchObject({ enabled: true });
});

test('set changes numbers; who is the user of the system unless said', async () => {
  const args = [
    'gateway',
    'set',
    'paypal',
    'timeoutMs=8000',
    'breaker.windowMs=5000',
    '--reason',
    'slow',
    '--json',
  ];
  const { code, out } = await payments(...args);
  expect(code).toBe(0);
  expect(JSON.parse(out)).toMatchObject({
    changed: true,
    cacheInvalidated: true,
    before: { timeoutMs: 10_000 },
    after: { timeoutMs: 8_000, breaker: { windowMs: 5_000 }, version: 2 },
  });
  const entry = await lastEntry('paypal');
  expect(entry).toMatchObject({ action: 'gateway.set', reason: 'slow' });
  expect(entry?.by).toMatch(/\S/);
});

test.each<[string, Record<string, string>, string, number]>([
  ['down', { REDIS_URL: NO_REDIS }, 'Redis at REDIS_URL does not answer', 7],
  ['not named', {}, 'REDIS_URL is not set', 8],
])(
  'with Redis %s the change is made all the same, and the delay is told',
  async (_what, env, why, priority) => {
    const args = ['gateway', 'set', 'razorpay', `priority=${priority}`, '--reason', 'drill'];
    const { code, out, err } = await runPayments(args, { DATABASE_URL: databaseUrl, ...env });
    expect({ code, out }).toEqual({ code: 0, out: expect.stringMatching(`priority \\d+ → ${priority}\n`) });
    expect(err).toBe(
      `payments: ${why}: workers follow within ten seconds, when they ask Postgres, and not within two.\n`,
    );
    expect(await stored('razorpay')).toMatchObject({ priority });
  },
);

describe('nothing is changed, and nothing written down,', () => {
  test.each([
    [['disable', 'stripe'], "required option '--reason <text>'"],
    [['disable', 'stripe', '--reason', ' '], 'Say why'],
    [['disable', 'stripe', '--reason', 'x'.repeat(4_001)], 'of at most 4000'],
    [['disable', 'stripe', '--reason', 'x', '--by', ''], '1 to 255 characters'],
    [['disable', 'adyen', '--reason', 'x'], 'one of stripe, paypal, razorpay'],
    [['set', 'stripe', '--reason', 'x'], "missing required argument 'field=value'"],
    [['set', 'stripe', 'timeoutMs', '--reason', 'x'], 'timeoutMs must be a whole number from 100 to 60000'],
    [['set', 'stripe', 'timeoutMs=8000ms', '--reason', 'x'], '(given: timeoutMs=8000ms)'],
    [['set', 'stripe', 'timeoutMs=8000=1', '--reason', 'x'], 'timeoutMs must be a whole number'],
    [['set', 'stripe', 'priority=1', 'priority=2', '--reason', 'x'], 'priority is given twice'],
    [
      ['set', 'stripe', 'timeout=1', 'priority=-1', '--reason', 'x'],
      'timeout is no field: there are priority, ',
    ],
    [['set', 'stripe', 'timeout=1', 'priority=-1', '--reason', 'x'], 'priority must be a whole number'],
  ])('by %j: %s', async (args, message) => {
    const before = [await stored('stripe'), await lastEntry('stripe')];
    const { code, out, err } = await runHere(['gateway', ...args], environment());
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err).toContain(message);
    expect([await stored('stripe'), await lastEntry('stripe')]).toEqual(before);
  });
});

test('audit ls tells what was changed, of everything or of one gateway', async () => {
  await payments(
    'gateway',
    'set',
    'razorpay',
    'maxConcurrency=9',
    '--reason',
    'limits of\nthe contract',
    '--by',
    'grace',
  );
  const { out } = await payments('audit', 'ls', '--subject', 'gateway:razorpay', '--limit', '1');
  const [head, line, ...rest] = out.trimEnd().split('\n');
  expect(head?.split(/ {2,}/)).toEqual(['AT', 'BY', 'ACTION', 'SUBJECT', 'REASON', 'CHANGE']);
  expect(line?.split(/ {2,}/).slice(1)).toEqual([
    'grace',
    'gateway.set',
    'gateway:razorpay',
    'limits of the contract',
    'maxConcurrency 64 → 9',
  ]);
  expect(rest).toEqual([]);
  const all = JSON.parse((await payments('audit', 'ls', '--json')).out);
  expect(all.entries[0]).toMatchObject({ by: 'grace', after: { maxConcurrency: 9 } });
  expect((await payments('audit', 'ls', '--subject', 'nope')).out).toBe('No changes of nope.\n');
});

function payments(...args: string[]) {
  return runPayments(args, environment());
}

function environment() {
  return { DATABASE_URL: databaseUrl, REDIS_URL: redisUrl() };
}

function stored(provider: GatewayProvider): Promise<GatewayConfig> {
  return readGatewayConfig(database.primary, provider);
}

/** As a worker reads it, within the second between two of its polls. */
function cached(provider: GatewayProvider): Promise<GatewayConfig> {
  return readCachedGatewayConfig(cache, provider, stored);
}

async function untilCached(provider: GatewayProvider): Promise<void> {
  const isCached = async () => (await cache.look(`gateway_config:${provider}`)).kind === 'hit';
  await until(isCached, { what: `${provider} to be cached` });
}

async function lastEntry(provider: GatewayProvider): Promise<AuditEntry | undefined> {
  const [entry] = await readAuditLog(database.primary, { subject: `gateway:${provider}`, countMax: 1 });
  return entry;
}
