import { randomInt, randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals';
import { type Cache, createCache, keysOfPayments } from '@payments/cache';
import { FaultyLink } from '@payments/cache/testing';
import { freePorts, type OwnStack, until } from '@payments/local/testing';
import { KafkaProxy } from '@payments/messaging/testing';
import { createPayments } from '@payments/persistence';
import { createLogger, Metrics } from '@payments/runtime';
import { stripeWebhook } from '@payments/simulator';
import { LedgerPlan } from './ledger/plan.js';
import { runLedger } from './ledger/run.js';
import { Pipeline, START_MS_MAX } from './testing/pipeline.js';
import { type Place, rollBackWhatIsLeft, standingStill } from './testing/stand-still.js';

const SILENT = { created: () => {}, moved: () => {}, compared: () => {} };
const LONG = 120_000;
/** API keys of Kafka's protocol: https://kafka.apache.org/protocol#protocol_api_keys */
const PRODUCE = 0;
const OFFSET_COMMIT = 8;
const CACHED_S = 600;
const REDIS_TIMEOUT_MS = 10_000;

let pipeline: Pipeline;
let redis: FaultyLink;
let kafka: KafkaProxy;
/** Connected directly, not through the faulty link. */
let cache: Cache;
beforeAll(async () => {
  const [port] = (await freePorts(1)) as [number];
  pipeline = await Pipeline.start({
    kafkaProxyPorts: [port],
    ofWebhooks: async (stack) => {
      await openLinks(stack, port);
      return { REDIS_URL: redis.url, KAFKA_BROKERS: `127.0.0.1:${port}` };
    },
  });
  cache = createCache({
    url: pipeline.stack.redisUrl,
    logger: createLogger({ service: 'e2e', level: 'silent' }),
    metrics: new Metrics({ defaultMetrics: false }),
    // A read that times out would look like a missing entry.
    timeoutMs: REDIS_TIMEOUT_MS,
  });
}, START_MS_MAX);
afterAll(async () => {
  cache?.close();
  await pipeline?.close();
  await Promise.all([redis?.close(), kafka?.refuse()]);
}, LONG);
afterEach(() => mendLinks());

async function openLinks(stack: OwnStack, port: number): Promise<void> {
  redis = new FaultyLink(stack.redisUrl);
  await redis.open();
  kafka = await KafkaProxy.open(port, stack.kafkaProxyTargets[0] as number);
}

function mendLinks(): void {
  redis.mend();
  kafka.forget();
}

/** Complete histories of payments, with captures, refunds and disputes, shuffled and some webhooks twice. */
function aPlan(): LedgerPlan {
  const plan = new LedgerPlan({ seed: randomInt(1, 2 ** 31), payments: 40, webhooks: 200 });
  process.stderr.write(`the seed of the ledger is ${plan.seed}\n`);
  return plan;
}

/** Every third payment is created after its webhooks, which wait. */
const isLate = (payment: number): boolean => payment % 3 === 0;

/** A run of the plan, started by `begin`. Its result must equal the model's, with no stale entry in the cache. */
function ledgerRun(plan: LedgerPlan) {
  const keys = Array.from({ length: plan.payments }, (_, index) =>
    keysOfPayments([{ ...plan.creation(index), ...plan.payment(index) }]),
  ).flat();
  let running: ReturnType<typeof runLedger> | undefined;
  return {
    begin: (): void => {
      running = cacheStale(keys).then(() => runLedger(pipeline, plan, SILENT, isLate));
      // Thrown where it is awaited, unless the test has failed before.
      running.catch(() => {});
    },
    expectModel: async (): Promise<void> => {
      const result = await running;
      expect(result?.differences.shown).toEqual([]);
      expect(result?.compared.intents).toBe(plan.payments);
      expect(result?.compared.transactions).toBeGreaterThan(plan.payments / 2);
      await untilForgotten(keys);
    },
  };
}

async function cacheStale(keys: readonly string[]): Promise<void> {
  expect(await cache.setAll(keys, 'stale', CACHED_S)).toBe(true);
}

/** Invalidations that Redis did not confirm in time are repeated after a moment. */
async function untilForgotten(keys: readonly string[]): Promise<void> {
  await until(async () => !(await cache.mget(keys)).includes('stale'), { what: 'the cache to forget' });
}

const killed = (): Promise<void> => pipeline.webhooks.kill();

test.each<[string, Place]>([
  ['webhooks are read, and nothing is written', { table: 'gateway_object_refs', at: 'insert' }],
  ['refs are held and payments locked', { table: 'payment_intents', at: 'update' }],
  ['intents are updated', { table: 'payment_transaction_keys', at: 'insert' }],
  ['transactions are written', { table: 'outbox', at: 'insert' }],
  ['events are in the outbox', { table: 'payment_webhooks', at: 'insert' }],
  ['webhooks are inserted', { table: 'consumer_offsets', at: 'insert' }],
  ['waiting webhooks are applied and not yet settled', { table: 'payment_webhooks', at: 'update of a row' }],
  ['events are published and not yet deleted from the outbox', { table: 'outbox', at: 'delete' }],
  [
    'the COMMIT is sent, which succeeds without its answer being read',
    { table: 'consumer_offsets', at: 'commit' },
  ],
])(
  'killed when %s',
  async (_when, place) => {
    const run = ledgerRun(aPlan());
    await standingStill(pipeline, place, { begin: run.begin, whileStanding: killed });
    await pipeline.replaceWebhooks();
    await run.expectModel();
  },
  LONG,
);

test(
  'killed when the COMMIT is sent, which does not succeed',
  async () => {
    const run = ledgerRun(aPlan());
    await standingStill(
      pipeline,
      { table: 'consumer_offsets', at: 'commit' },
      {
        begin: run.begin,
        whileStanding: async () => {
          await killed();
          await rollBackWhatIsLeft(pipeline);
        },
      },
    );
    await pipeline.replaceWebhooks();
    await run.expectModel();
  },
  LONG,
);

test(
  'killed after the commit, before the cache is invalidated, events published and offsets committed',
  async () => {
    const run = ledgerRun(aPlan());
    await killedAfterCommit(run.begin);
    await run.expectModel();
  },
  LONG,
);

test(
  'killed after a commit, before the cache is invalidated: it is invalidated later',
  async () => {
    const payment = {
      orderId: `order-${randomUUID()}`,
      customerId: 'customer-cached',
      provider: 'stripe' as const,
      amount: { amountMinor: 1999n, currency: 'USD' },
      gatewayObjectId: `pi_${randomUUID()}`,
    };
    const [creation] = await pipeline.database.transaction((em) => createPayments(em, [payment]));
    const keys = keysOfPayments([{ ...payment, intentId: String(creation?.intentId) }]);
    await cacheStale(keys);
    const { body } = stripeWebhook({
      type: 'payment_intent.succeeded',
      paymentIntentId: payment.gatewayObjectId,
    });
    // The only change of this payment, so that no later one invalidates the keys.
    await killedAfterCommit(() => void pipeline.post('stripe', body));
    await untilForgotten(keys);
    await pipeline.untilDrained();
    // The relay deletes rows after the cache is invalidated.
    await until(async () => (await committed()) === 0, { what: 'an empty outbox' });
  },
  LONG,
);

test(
  'killed after Redis marks the webhooks as done, before their offsets are committed',
  async () => {
    const run = ledgerRun(aPlan());
    kafka.hangsAt = (apiKey) => apiKey === OFFSET_COMMIT;
    run.begin();
    await until(() => kafka.hanging > 0, { timeoutMs: LONG, everyMs: 5, what: 'offsets to be committed' });
    await killed();
    mendLinks();
    await pipeline.replaceWebhooks();
    await run.expectModel();
  },
  LONG,
);

/** Kills the worker after a commit that neither Redis nor Kafka learned of, and starts it again. */
async function killedAfterCommit(begin: () => void): Promise<void> {
  // Events that the relay has published but not yet deleted would be counted.
  await until(async () => (await committed()) === 0, { what: 'an empty outbox' });
  redis.freeze();
  kafka.hangsAt = (apiKey) => apiKey === PRODUCE || apiKey === OFFSET_COMMIT;
  begin();
  await until(async () => (await committed()) > 0, { timeoutMs: LONG, everyMs: 5, what: 'a commit' });
  await killed();
  // Its last writes are held in the frozen link, and must not arrive after its end.
  redis.cut();
  mendLinks();
  await pipeline.replaceWebhooks();
}

/** Number of committed events in the outbox. */
async function committed(): Promise<number> {
  const [row] = await pipeline.query<{ count: number }>('SELECT count(*)::int AS count FROM outbox');
  return row?.count ?? 0;
}
