import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePorts, type OwnStack, startOwnStack } from '@payments/local/testing';
import { writeApiKey } from '../api-key.js';
import { type BusyBefore, withBusyBefore } from '../machine.js';
import { median } from '../median.js';
import { saveResults } from '../results.js';
import { runScript } from '../run-script.js';
import { withServer } from '../server-process.js';
import { Databases } from '../worker/databases.js';
import { SEAL_KEYS } from '../worker/seal-keys.js';
import {
  CONNECTIONS,
  type Latency,
  type Measurable,
  measureLatency,
  measureRate,
  type Rate,
  SECONDS,
} from './measure-creations.js';

const ROUNDS = 3;
const CREATIONS = 10_000;
const WARM_UP_CREATIONS = 2_000;
const REQUESTS_PER_SECOND = [50, 200, 500] as const;
/** Goal for the p99 at this rate. */
const GOAL = { requestsPerSecond: 200, p99Ms: 200 };

interface Results {
  readonly rate: (Rate & BusyBefore)[];
  readonly latency: (Latency & BusyBefore)[];
}

/** Measures creations of intents from the HTTP request to the commit: their rate, and their latency at steady rates. */
export async function benchCommands(): Promise<void> {
  const stack = await startOwnStack({ parts: ['kafka', 'registry', 'redis'] });
  // A stack of its own, because it is restarted.
  const postgres = await startOwnStack({ parts: ['postgres'] });
  const folder = mkdtempSync(join(tmpdir(), 'bench-commands-'));
  try {
    const env = await prepare(stack, postgres, folder);
    const [ingress = 0, intents = 0] = await freePorts(2);
    const measured = { port: ingress, databaseUrl: postgres.databaseUrl };
    const results = await withServer('services/intents/dist/main.js', intents, env, () =>
      withServer('services/ingress/dist/main.js', ingress, env, () => measure(measured)),
    );
    print(results);
    saveResults('commands', results);
  } finally {
    rmSync(folder, { recursive: true });
    await Promise.all([stack.stop(), postgres.stop()]);
  }
}

/** @returns the settings of both services */
async function prepare(
  stack: OwnStack,
  { databaseUrl, postgres }: OwnStack,
  folder: string,
): Promise<Record<string, string>> {
  await new Databases(databaseUrl).keepCommitTimes();
  await postgres.restart();
  const env = {
    DATABASE_URL: databaseUrl,
    KAFKA_BROKERS: stack.kafkaBrokers.join(','),
    SCHEMA_REGISTRY_URL: stack.registryUrl,
    REDIS_URL: stack.redisUrl,
    STRIPE_WEBHOOK_SECRETS: 'unused-bench-only',
    RAZORPAY_WEBHOOK_SECRETS: 'unused-bench-only',
    PAYPAL_WEBHOOK_IDS: 'unused-bench-only',
    API_KEYS_FILE: writeApiKey(folder, ['payments:create']),
    // Not reached, because each customer creates once; but it is checked.
    INGRESS_CREATIONS_PER_MINUTE: '10000',
    SEAL_KEYS,
    LOG_LEVEL: 'warn',
  };
  await runScript('libs/messaging/dist/setup.js', env);
  return env;
}

async function measure(measured: Measurable): Promise<Results> {
  await measureRate(measured, WARM_UP_CREATIONS);
  const results: Results = { rate: [], latency: [] };
  for (let round = 1; round <= ROUNDS; round += 1) {
    for (const requestsPerSecond of REQUESTS_PER_SECOND) {
      const latency = await withBusyBefore(() => measureLatency(measured, requestsPerSecond));
      results.latency.push(latency);
      console.log(`round ${round} ${latencyLine([latency])}`);
    }
    const rate = await withBusyBefore(() => measureRate(measured, CREATIONS));
    results.rate.push(rate);
    console.log(
      `round ${round} accepted ${rate.acceptedPerSecond.toFixed(0)} a second` +
        `  committed ${rate.committedPerSecond.toFixed(0)}  failed ${rate.failed}`,
    );
  }
  return results;
}

function print({ rate, latency }: Results): void {
  const accepted = median(rate.map(({ acceptedPerSecond }) => acceptedPerSecond));
  const committed = median(rate.map(({ committedPerSecond }) => committedPerSecond));
  console.log(`\nCreations over HTTP, medians of ${ROUNDS} interleaved runs:`);
  console.log(`  ${CREATIONS} by ${CONNECTIONS} connections, each with one request under way`);
  console.log(`    accepted  ${accepted.toFixed(0).padStart(6)} a second`);
  console.log(`    committed ${committed.toFixed(0).padStart(6)} a second`);
  console.log(`  from due to committed, at a steady rate for ${SECONDS} s`);
  for (const asked of REQUESTS_PER_SECOND) {
    const runs = latency.filter(({ requestsPerSecond }) => requestsPerSecond === asked);
    const goal = asked === GOAL.requestsPerSecond ? ` (goal of the p99: ${GOAL.p99Ms} ms)` : '';
    const worst = Math.max(...runs.map(({ p99Ms }) => p99Ms));
    console.log(`    ${latencyLine(runs)}  worst p99 ${worst.toFixed(0)} ms${goal}`);
  }
}

function latencyLine(runs: readonly Latency[]): string {
  const middle = (of: (one: Latency) => number): string => median(runs.map(of)).toFixed(0);
  const failed = runs.reduce((sum, one) => sum + one.failed, 0);
  return (
    `${middle((one) => one.requestsPerSecond).padStart(4)} requests/s  p50 ${middle((one) => one.p50Ms)} ms` +
    `  p99 ${middle((one) => one.p99Ms)} ms  failed ${failed}`
  );
}
