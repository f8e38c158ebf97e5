import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { GATEWAY_PROVIDERS } from '@payments/domain';
import { freePorts, type OwnStack, startOwnStack } from '@payments/local/testing';
import { writeApiKey } from '../api-key.js';
import { type BusyBefore, withBusyBefore } from '../machine.js';
import { median } from '../median.js';
import { saveResults } from '../results.js';
import { runScript } from '../run-script.js';
import { withServer } from '../server-process.js';
import { Databases, queryOnce } from '../worker/databases.js';
import { SEAL_KEYS } from '../worker/seal-keys.js';
import { hopsLine } from './hops.js';
import {
  CONNECTIONS,
  type Latency,
  type Measurable,
  measureLatency,
  measureRate,
  type Percentiles,
  type Rate,
  SECONDS,
} from './measure-payments.js';

const ROUNDS = 3;
const PAYMENTS = 3_000;
const WARM_UP_PAYMENTS = 600;
const PAYMENTS_PER_SECOND = [25, 50, 100] as const;
/** Complete payments a second, on two cores. */
const GOAL_PER_SECOND = 150;
/** The maximum of the setting, so that the gateways' rate limits do not slow down the measurement. */
const NO_LIMIT = `UPDATE gateway_configs SET requests_per_second = 10000, version = version + 1`;

interface Results {
  readonly rate: (Rate & BusyBefore)[];
  readonly latency: (Latency & BusyBefore)[];
}

/** Measures payments from the command over HTTP, via a simulated gateway and its webhook, to SUCCEEDED. */
export async function benchPayments(): Promise<void> {
  const stack = await startOwnStack({ parts: ['kafka', 'registry', 'redis'] });
  // A stack of its own, because it is restarted.
  const postgres = await startOwnStack({ parts: ['postgres'] });
  const folder = mkdtempSync(join(tmpdir(), 'bench-payments-'));
  try {
    const results = await withEverything(await prepare(stack, postgres, folder), measure);
    print(results);
    saveResults('payments', results);
  } finally {
    rmSync(folder, { recursive: true });
    await Promise.all([stack.stop(), postgres.stop()]);
  }
}

interface Prepared {
  readonly env: Readonly<Record<string, string>>;
  readonly databaseUrl: string;
  readonly ports: Readonly<Record<'ingress' | 'simulator', number>>;
}

async function prepare(
  stack: OwnStack,
  { databaseUrl, postgres }: OwnStack,
  folder: string,
): Promise<Prepared> {
  await new Databases(databaseUrl).keepCommitTimes();
  await postgres.restart();
  await queryOnce(databaseUrl, NO_LIMIT);
  const [ingress = 0, simulator = 0, certificates = 0] = await freePorts(3);
  const env = {
    DATABASE_URL: databaseUrl,
    KAFKA_BROKERS: stack.kafkaBrokers.join(','),
    SCHEMA_REGISTRY_URL: stack.registryUrl,
    REDIS_URL: stack.redisUrl,
    API_KEYS_FILE: writeApiKey(folder, ['payments:create', 'payments:confirm']),
    SEAL_KEYS,
    WEBHOOKS_PAYPAL_VERIFY: 'false',
    LOG_LEVEL: 'warn',
    ...simulated({ ingress, simulator, certificates, stateDir: join(folder, 'simulator') }),
  };
  await runScript('libs/messaging/dist/setup.js', env);
  return { env, databaseUrl, ports: { ingress, simulator } };
}

interface SimulatorSettings {
  readonly ingress: number;
  readonly simulator: number;
  readonly certificates: number;
  readonly stateDir: string;
}

/** Settings for simulated gateways whose customers act at once. */
function simulated({
  ingress,
  simulator,
  certificates,
  stateDir,
}: SimulatorSettings): Record<string, string> {
  const base = `http://127.0.0.1:${simulator}`;
  const webhooks = (provider: string): string => `http://127.0.0.1:${ingress}/webhooks/${provider}`;
  return {
    SIMULATOR_CERT_PORT: String(certificates),
    SIMULATOR_STATE_DIR: stateDir,
    SIMULATOR_CUSTOMER_DELAY_MS: '0',
    SIMULATOR_STRIPE_WEBHOOK_URL: webhooks('stripe'),
    SIMULATOR_PAYPAL_WEBHOOK_URL: webhooks('paypal'),
    SIMULATOR_RAZORPAY_WEBHOOK_URL: webhooks('razorpay'),
    STRIPE_WEBHOOK_SECRETS: 'whsec_bench_only',
    RAZORPAY_WEBHOOK_SECRETS: 'bench-only',
    PAYPAL_WEBHOOK_IDS: '1BENCH00000000000',
    PAYPAL_CERT_HOSTS: `localhost:${certificates}`,
    PAYPAL_CERT_CA_FILE: join(stateDir, 'ca.pem'),
    STRIPE_API_BASE: `${base}/stripe`,
    STRIPE_API_KEY: 'sk_test_bench_only',
    PAYPAL_API_BASE: `${base}/paypal`,
    PAYPAL_CLIENT_ID: 'bench-only',
    PAYPAL_CLIENT_SECRET: 'bench-only',
    RAZORPAY_API_BASE: `${base}/razorpay`,
    RAZORPAY_KEY_ID: 'rzp_test_bench',
    RAZORPAY_KEY_SECRET: 'bench-only',
  };
}

/** Runs `work` while the simulator and all services run. */
async function withEverything<T>(
  { env, databaseUrl, ports }: Prepared,
  work: (measured: Measurable) => Promise<T>,
): Promise<T> {
  const others = await freePorts(2 + GATEWAY_PROVIDERS.length);
  const servers = [
    { script: 'infra/simulator/dist/main.js', port: ports.simulator, env },
    { script: 'services/ingress/dist/main.js', port: ports.ingress, env },
    { script: 'services/intents/dist/main.js', port: others[0] ?? 0, env },
    { script: 'services/webhooks/dist/main.js', port: others[1] ?? 0, env },
    ...GATEWAY_PROVIDERS.map((provider, index) => ({
      script: 'services/gateway/dist/main.js',
      port: others[2 + index] ?? 0,
      env: { ...env, GATEWAY_PROVIDER: provider },
    })),
  ];
  const simulatorUrl = `http://127.0.0.1:${ports.simulator}`;
  const run = servers.reduceRight<() => Promise<T>>(
    (inner, { script, port, env: own }) =>
      () =>
        withServer(script, port, own, inner),
    () => work({ port: ports.ingress, databaseUrl, simulatorUrl }),
  );
  return run();
}

async function measure(measured: Measurable): Promise<Results> {
  await measureRate(measured, WARM_UP_PAYMENTS);
  const results: Results = { rate: [], latency: [] };
  for (let round = 1; round <= ROUNDS; round += 1) {
    for (const paymentsPerSecond of PAYMENTS_PER_SECOND) {
      const latency = await withBusyBefore(() => measureLatency(measured, paymentsPerSecond));
      results.latency.push(latency);
      console.log(`round ${round} ${latencyLine([latency])}`);
      for (const provider of GATEWAY_PROVIDERS) {
        console.log(`    ${provider}, ms from place to place: ${hopsLine(latency.hops[provider])}`);
      }
    }
    const rate = await withBusyBefore(() => measureRate(measured, PAYMENTS));
    results.rate.push(rate);
    console.log(`round ${round} complete ${rate.completePerSecond.toFixed(0)} a second`);
  }
  return results;
}

function print({ rate, latency }: Results): void {
  const complete = median(rate.map(({ completePerSecond }) => completePerSecond));
  console.log(`\nPayments from the command over HTTP to SUCCEEDED, medians of ${ROUNDS} interleaved runs:`);
  console.log(`  ${PAYMENTS} by ${CONNECTIONS} connections, at three gateways in turn`);
  console.log(`    complete ${complete.toFixed(0)} a second (goal: ${GOAL_PER_SECOND})`);
  console.log(`  at a steady rate for ${SECONDS} s, p50 and p99 from due to`);
  for (const asked of PAYMENTS_PER_SECOND) {
    const runs = latency.filter(({ paymentsPerSecond }) => paymentsPerSecond === asked);
    console.log(`    ${latencyLine(runs)}`);
  }
}

function latencyLine(runs: readonly Latency[]): string {
  const shown = (of: (one: Latency) => Percentiles): string =>
    `${median(runs.map((one) => of(one).p50Ms)).toFixed(0)} ms ${median(runs.map((one) => of(one).p99Ms)).toFixed(0)} ms`;
  const confirmed = GATEWAY_PROVIDERS.map(
    (provider) => `${provider} ${shown((one) => one.confirmed[provider])}`,
  );
  const rate = median(runs.map(({ paymentsPerSecond }) => paymentsPerSecond));
  return `${String(rate).padStart(4)}/s  confirmed ${confirmed.join(', ')}; complete ${shown((one) => one.complete)}`;
}
