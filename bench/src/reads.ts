import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { type OwnStack, startOwnStack } from '@payments/local/testing';
import { createPayments, openDatabase } from '@payments/persistence';
import { Redis } from 'ioredis';
import { API_KEY, writeApiKey } from './api-key.js';
import { type LoadResult, load } from './load.js';
import { type BusyBefore, busyShare } from './machine.js';
import { median } from './median.js';
import { saveResults } from './results.js';
import { withServer } from './server-process.js';
import { endlessly } from './signed-requests.js';

const ROUNDS = 5;
const SECONDS = 4;
const WARM_UP_SECONDS = 1;
const CONNECTIONS = 64;
const PORT = 18_481;
/** More than a run reads, because a second read of an intent is answered from Redis. */
const INTENTS = 300_000;
const CREATED_AT_ONCE = 1_000;
/** Intents that are read repeatedly from Redis. */
const CACHED = 10_000;

/** What is measured, by the names used in the results. */
const CONTENDERS = {
  'one GET': { script: 'bench/dist/servers/redis-limit.js', isCached: true },
  cached: { script: 'services/query/dist/main.js', isCached: true },
  'one SELECT': { script: 'bench/dist/servers/postgres-limit.js', isCached: false },
  uncached: { script: 'services/query/dist/main.js', isCached: false },
} as const;
type Name = keyof typeof CONTENDERS;
const NAMES = Object.keys(CONTENDERS) as Name[];

type Measured = LoadResult & BusyBefore;
type Results = Record<Name, Measured[]>;

/** Measures reads of intents, cached and uncached, each beside a bare server that does only the one lookup. */
export async function benchReads(): Promise<void> {
  const stack = await startOwnStack({ parts: ['postgres', 'redis'] });
  const folder = mkdtempSync(join(tmpdir(), 'bench-reads-'));
  const keys = writeApiKey(folder, ['payments:read']);
  try {
    const ids = await createIntents(stack.databaseUrl);
    const results: Results = { 'one GET': [], cached: [], 'one SELECT': [], uncached: [] };
    for (let round = 1; round <= ROUNDS; round += 1) {
      for (const name of NAMES) {
        const result = await measure({ stack, keys }, name, ids);
        results[name].push(result);
        console.log(
          `round ${round} ${name.padEnd(10)} ${result.requestsPerSecond.toFixed(0).padStart(7)} reads/s` +
            `  p50 ${result.p50Ms.toFixed(1)} ms  p99 ${result.p99Ms.toFixed(1)} ms  failed ${result.failed}`,
        );
      }
    }
    print(results);
    saveResults('reads', results);
  } finally {
    rmSync(folder, { recursive: true });
    await stack.stop();
  }
}

async function createIntents(databaseUrl: string): Promise<string[]> {
  const database = await openDatabase({ url: databaseUrl, poolSize: 1, applicationName: 'bench' });
  const ids: string[] = [];
  for (let from = 0; from < INTENTS; from += CREATED_AT_ONCE) {
    const rows = Array.from({ length: CREATED_AT_ONCE }, (_, index) => ({
      orderId: `order-${from + index}`,
      customerId: `cust-${index}`,
      provider: 'stripe' as const,
      amount: { amountMinor: 1999n, currency: 'USD' },
      metadata: { basket: `basket-${from + index}` },
    }));
    const created = await database.transaction((em) => createPayments(em, rows));
    ids.push(...created.map(({ intentId }) => intentId));
  }
  await database.primary.query('VACUUM ANALYZE');
  await database.close();
  return ids;
}

async function measure(
  { stack, keys }: { readonly stack: OwnStack; readonly keys: string },
  name: Name,
  ids: readonly string[],
): Promise<Measured> {
  const { script, isCached } = CONTENDERS[name];
  const env = {
    DATABASE_URL: stack.databaseUrl,
    REDIS_URL: stack.redisUrl,
    DATABASE_POOL_SIZE: '10',
    LOG_LEVEL: 'warn',
    API_KEYS_FILE: keys,
  };
  await flush(stack.redisUrl);
  const asked = isCached ? ids.slice(0, CACHED) : ids;
  if (isCached) await withServer(resolve(CONTENDERS.cached.script), PORT, env, () => readOnce(asked));
  const busyBefore = await busyShare();
  return withServer(resolve(script), PORT, env, async () => {
    const options = { port: PORT, connections: CONNECTIONS, requests: endlessly(asked.map(requestOf)) };
    await load({ ...options, seconds: WARM_UP_SECONDS });
    return { ...(await load({ ...options, seconds: SECONDS })), busyBefore };
  });
}

/** Makes the query service cache the intents. */
async function readOnce(ids: readonly string[]): Promise<void> {
  const requests = ids.map(requestOf).values();
  await load({ port: PORT, connections: CONNECTIONS, seconds: 60, requests });
}

async function flush(redisUrl: string): Promise<void> {
  const redis = new Redis(redisUrl);
  await redis.flushall();
  redis.disconnect();
}

function requestOf(id: string): Buffer {
  const headers = [`Host: 127.0.0.1:${PORT}`, `Authorization: Bearer ${API_KEY}`, '\r\n'].join('\r\n');
  return Buffer.from(`GET /v1/payment-intents/${id} HTTP/1.1\r\n${headers}`);
}

function print(results: Results): void {
  const rate = (name: Name): number => median(results[name].map((one) => one.requestsPerSecond));
  const ratio = (name: Name, limit: Name): string => (rate(name) / rate(limit)).toFixed(2);
  console.log(
    `\nReads of an intent, median of ${ROUNDS} interleaved runs of ${SECONDS} s, ${CONNECTIONS} connections:`,
  );
  for (const name of NAMES) console.log(`  ${name.padEnd(10)} ${rate(name).toFixed(0).padStart(7)} reads/s`);
  console.log(`  cached / one GET:      ${ratio('cached', 'one GET')} (goal 0.60)`);
  console.log(`  uncached / one SELECT: ${ratio('uncached', 'one SELECT')} (goal 0.60)`);
  const busy = median(NAMES.flatMap((name) => results[name].map((one) => one.busyBefore)));
  console.log(`  others took ${(busy * 100).toFixed(0)} % of the cores meanwhile`);
}
