import { resolve } from 'node:path';
import { startOwnStack } from '@payments/local/testing';
import { type LoadResult, load } from './load.js';
import { median } from './median.js';
import { saveResults } from './results.js';
import { runScript } from './run-script.js';
import { withServer } from './server-process.js';
import { endlessly, signedRequests } from './signed-requests.js';

const ROUNDS = 5;
const SECONDS = 5;
const WARM_UP_SECONDS = 2;
const CONNECTIONS = 64;
const PORT = 18_480;
const SECRET = 'whsec_bench_only';

/** What is measured, by the names used in the results. */
const SERVERS = {
  limit: 'bench/dist/servers/limit.js',
  'first version': 'bench/dist/servers/first-version.js',
  ingress: 'services/ingress/dist/main.js',
} as const;
type ServerName = keyof typeof SERVERS;
const NAMES = Object.keys(SERVERS) as ServerName[];

/** Measures the ingress, a bare server as its limit, and an obvious first version, in turn, on one broker. */
export async function benchIngress(): Promise<void> {
  const stack = await startOwnStack({ parts: ['postgres', 'kafka', 'registry', 'redis'] });
  try {
    const env = {
      KAFKA_BROKERS: stack.kafkaBrokers.join(','),
      SCHEMA_REGISTRY_URL: stack.registryUrl,
      REDIS_URL: stack.redisUrl,
      STRIPE_WEBHOOK_SECRETS: SECRET,
      RAZORPAY_WEBHOOK_SECRETS: 'unused-bench-only',
      PAYPAL_WEBHOOK_IDS: 'unused-bench-only',
      SEAL_KEYS: `bench:${Buffer.alloc(32, 1).toString('base64')}`,
      LOG_LEVEL: 'warn',
    };
    await runScript('libs/messaging/dist/setup.js', env);
    const results = await measureInTurn(env);
    print(results);
    saveResults('ingress', results);
  } finally {
    await stack.stop();
  }
}

type Results = Record<ServerName, LoadResult[]>;

async function measureInTurn(env: Record<string, string>): Promise<Results> {
  const results: Results = { limit: [], 'first version': [], ingress: [] };
  for (let round = 1; round <= ROUNDS; round += 1) {
    // Signed in each round: a signature expires after five minutes.
    const requests = endlessly(signedRequests(SECRET));
    for (const name of NAMES) {
      const result = await withServer(resolve(SERVERS[name]), PORT, env, async () => {
        const options = { port: PORT, connections: CONNECTIONS, requests };
        await load({ ...options, seconds: WARM_UP_SECONDS });
        return load({ ...options, seconds: SECONDS });
      });
      results[name].push(result);
      console.log(
        `round ${round} ${name.padEnd(13)} ${result.requestsPerSecond.toFixed(0).padStart(7)} requests/s` +
          `  p50 ${result.p50Ms.toFixed(1)} ms  p99 ${result.p99Ms.toFixed(1)} ms  failed ${result.failed}`,
      );
    }
  }
  return results;
}

function print(results: Results): void {
  const rate = (name: ServerName): number => median(results[name].map((one) => one.requestsPerSecond));
  console.log(`\nIngress, median of ${ROUNDS} interleaved runs of ${SECONDS} s, ${CONNECTIONS} connections:`);
  for (const name of NAMES)
    console.log(`  ${name.padEnd(13)} ${rate(name).toFixed(0).padStart(7)} requests/s`);
  console.log(
    `  ingress / first version: ${(rate('ingress') / rate('first version')).toFixed(2)} (goal 2.5)`,
  );
  console.log(`  ingress / limit:         ${(rate('ingress') / rate('limit')).toFixed(2)} (goal 0.60)`);
}
