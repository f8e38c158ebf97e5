import { GATEWAY_PROVIDERS } from '@payments/domain';
import { freePorts, type OwnStack, startOwnStack } from '@payments/local/testing';
import { type BusyBefore, withBusyBefore } from '../machine.js';
import { saveResults } from '../results.js';
import { runScript } from '../run-script.js';
import { type Measured, workloadVariables } from './contender.js';
import { countWrongPayments, Databases } from './databases.js';
import { KafkaInput } from './kafka-input.js';
import {
  LATENCY_PROVIDERS,
  type Latency,
  measureLatency,
  REQUESTS_PER_SECOND,
  SECONDS,
  WARM_UP_SECONDS,
} from './latency.js';
import { printWorker, type WorkerResults } from './print-worker.js';
import { measureWorker } from './real-worker.js';
import { SEAL_KEYS } from './seal-keys.js';
import { makeWorkload, type WorkloadSpec } from './workload.js';

const ROUNDS = 3;
/** Payments; each has about five webhooks. */
const PAYMENTS = 18_000;
const FIRST_VERSION_PAYMENTS = 400;
const PEER_PAYMENTS = 6_000;
const LATENCY_PAYMENTS = (REQUESTS_PER_SECOND * (WARM_UP_SECONDS + SECONDS)) / 3;
const DUPLICATES = 0.1;
/** The pool size, of 10, 16 and 32, with which the peer is fastest on two cores. */
const PEER_POOL = 10;
const SECRET = 'whsec_bench_only';

interface Bench {
  readonly databases: Databases;
  readonly input: KafkaInput;
  readonly env: Record<string, string>;
  readonly ports: { readonly ingress: number; readonly webhooks: number };
}

/**
 * Measures the rates of the webhook worker, its limit, an obvious first version and a peer, in turn, on one Postgres
 * and one broker; then the latency of webhooks at a steady rate.
 */
export async function benchWorker(): Promise<void> {
  const kafka = await startOwnStack({ parts: ['kafka', 'registry', 'redis'] });
  const postgres = await startOwnStack({ parts: ['postgres'] });
  try {
    const bench = await prepare(kafka, postgres);
    const results: WorkerResults = {
      limit: [],
      worker: [],
      'first version': [],
      'stripe-sync-engine': [],
      latency: [],
    };
    for (let round = 1; round <= ROUNDS; round += 1) {
      await measureRates(bench, results, round);
      results.latency.push(await latencyOf(bench, round));
      printWorker(results, { rounds: round });
      saveResults('worker', results);
    }
    await bench.input.close();
  } finally {
    await Promise.all([kafka.stop(), postgres.stop()]);
  }
}

async function prepare(kafka: OwnStack, postgres: OwnStack): Promise<Bench> {
  const databases = new Databases(postgres.databaseUrl);
  await databases.keepCommitTimes();
  await postgres.postgres.restart();
  // A migration of stripe-sync-engine makes it the owner of a function.
  await databases.createRole('postgres');
  const [ingress = 0, webhooks = 0] = await freePorts(2);
  const env = {
    KAFKA_BROKERS: kafka.kafkaBrokers.join(','),
    SCHEMA_REGISTRY_URL: kafka.registryUrl,
    REDIS_URL: kafka.redisUrl,
    STRIPE_WEBHOOK_SECRETS: SECRET,
    RAZORPAY_WEBHOOK_SECRETS: SECRET,
    PAYPAL_WEBHOOK_IDS: 'unused-bench-only',
    SEAL_KEYS,
    // The objects of these webhooks do not exist at any gateway.
    WEBHOOKS_PAYPAL_VERIFY: 'false',
    LOG_LEVEL: 'error',
  };
  await runScript('libs/messaging/dist/setup.js', env);
  const input = new KafkaInput(kafka.kafkaBrokers, kafka.registryUrl);
  await input.start();
  return { databases, input, env, ports: { ingress, webhooks } };
}

async function measureRates(bench: Bench, results: WorkerResults, round: number): Promise<void> {
  const { databases, input, env, ports } = bench;
  const spec = specOf(round, { payments: PAYMENTS });
  const workload = makeWorkload(spec);
  const seeded = await databases.createSeeded(`seeded_${round}`, workload);
  const ofWorker = await databases.copy(`worker_${round}`, seeded);
  await databases.settle();
  const variables = { ...env, DATABASE_URL: seeded, ...workloadVariables(spec) };
  results.limit.push(await withBusyBefore(() => contender('limit', variables)));
  await requireRight('the limit', seeded, workload.ends);

  await input.put(workload.deliveries);
  await databases.settle();
  const { length: delivered } = workload.deliveries;
  const run = { databaseUrl: ofWorker, env, port: ports.webhooks, delivered, distinct: workload.distinct };
  results.worker.push(await withBusyBefore(() => measureWorker(run)));
  await requireRight('the worker', ofWorker, workload.ends);

  results['first version'].push(await firstVersion(bench, round));
  results['stripe-sync-engine'].push(await peer(bench, round));
  await Promise.all([seeded, ofWorker].map((url) => databases.drop(url)));
}

async function firstVersion({ databases, input, env }: Bench, round: number): Promise<Measured & BusyBefore> {
  const workload = makeWorkload(specOf(round + 100, { payments: FIRST_VERSION_PAYMENTS }));
  const DATABASE_URL = await databases.createSeeded(`first_version_${round}`, workload);
  const TOPIC = `first-version-${round}`;
  await input.createTopic(TOPIC);
  await input.put(workload.deliveries, TOPIC);
  await databases.settle();
  const COUNT = String(workload.deliveries.length);
  const variables = { ...env, DATABASE_URL, TOPIC, COUNT };
  const measured = await withBusyBefore(() => contender('first-version', variables));
  const wrong = await countWrongPayments(DATABASE_URL, workload.ends);
  if (wrong > 0) console.log(`the first version left ${wrong} of ${workload.payments.length} payments wrong`);
  await databases.drop(DATABASE_URL);
  return measured;
}

async function peer({ databases, env }: Bench, round: number): Promise<Measured & BusyBefore> {
  const spec = specOf(round + 200, { payments: PEER_PAYMENTS, providers: ['stripe'] });
  const DATABASE_URL = await databases.createEmpty(`peer_${round}`);
  await databases.settle();
  const variables = { DATABASE_URL, POOL: String(PEER_POOL), ...workloadVariables(spec) };
  const measured = await withBusyBefore(() => contender('peer', { ...env, ...variables }));
  await databases.drop(DATABASE_URL);
  return measured;
}

async function latencyOf({ databases, env, ports }: Bench, round: number): Promise<Latency & BusyBefore> {
  const spec = specOf(round + 300, { payments: LATENCY_PAYMENTS, providers: LATENCY_PROVIDERS });
  const workload = makeWorkload(spec);
  const databaseUrl = await databases.createSeeded(`latency_${round}`, workload);
  await databases.settle();
  const run = { databaseUrl, env, ports, workload, secret: SECRET };
  const latency = await withBusyBefore(() => measureLatency(run));
  await databases.drop(databaseUrl);
  return latency;
}

function specOf(seed: number, given: Partial<WorkloadSpec> & Pick<WorkloadSpec, 'payments'>): WorkloadSpec {
  return { seed, providers: GATEWAY_PROVIDERS, atMs: Date.now(), duplicates: DUPLICATES, ...given };
}

async function contender(name: string, env: Record<string, string>): Promise<Measured> {
  return JSON.parse(await runScript(`bench/dist/worker/${name}.js`, env));
}

async function requireRight(
  name: string,
  url: string,
  ends: Parameters<typeof countWrongPayments>[1],
): Promise<void> {
  const wrong = await countWrongPayments(url, ends);
  if (wrong > 0)
    throw new Error(`${name} left ${wrong} of ${ends.size} payments wrong: its rate says nothing`);
}
