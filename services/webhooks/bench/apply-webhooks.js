// How many webhooks a second the batch path applies, without Kafka and Redis:
//   node services/webhooks/bench/apply-webhooks.js <DATABASE_URL> [payments] [batch] [lanes] [statements]
// Whole lives of payments of all gateways, lightly shuffled; each record is opened, read and applied in this process.
import { randomBytes } from 'node:crypto';
import { SealKeyring } from '@payments/contracts';
import { intentIdOf } from '@payments/domain';
import { createPayments, openDatabase, saveConsumerOffsets } from '@payments/persistence';
import { Metrics } from '@payments/runtime';
import { outcomesOf, paymentHistory, seededRandom } from '@payments/simulator';
import { ApplyWebhook } from '../dist/handlers/apply-webhook.js';
import { WebhookEvents } from '../dist/webhook-events.js';

const [url, paymentsText = '8000', batchText = '500', lanesText = '4', statementsText] =
  process.argv.slice(2);
const [count, batchSize, lanes] = [paymentsText, batchText, lanesText].map(Number);
const PROVIDERS = ['stripe', 'stripe', 'paypal', 'razorpay'];
const run = randomBytes(4).toString('hex');
const random = seededRandom(Number.parseInt(run, 16));
const keyring = new SealKeyring([{ id: 'bench', key: randomBytes(32) }]);
const database = await openDatabase({ url, poolSize: lanes, applicationName: 'bench' });

const histories = Array.from({ length: count }, (_, index) => {
  const provider = PROVIDERS[index % PROVIDERS.length];
  const orderId = `order-${run}-${index}`;
  const outcomes = outcomesOf(provider);
  const options = {
    amount: 10_000,
    currency: provider === 'razorpay' ? 'INR' : 'USD',
    atMs: Date.now() - 60_000,
    random,
  };
  const outcome = outcomes[index % outcomes.length];
  const history = paymentHistory(provider, { ...options, outcome, intentId: intentIdOf(orderId, provider) });
  return { ...history, orderId, amount: { amountMinor: 10_000n, currency: options.currency } };
});
for (let from = 0; from < count; from += 1000) {
  const rows = histories.slice(from, from + 1000).map(({ orderId, provider, amount, gatewayObjectId }) => ({
    ...{ orderId, provider, amount, gatewayObjectId, customerId: 'bench' },
  }));
  await database.transaction((em) => createPayments(em, rows));
}
await database.primary.query('ANALYZE');

const queues = Array.from({ length: lanes }, () => []);
histories.forEach(({ webhooks }, index) => {
  webhooks.forEach(({ provider, webhookId, eventType, body }, step) => {
    const context = { webhookId, provider, eventType, source: 'gateway', receivedAt: Date.now() };
    const value = { ...context, sealedBody: keyring.seal(context, body) };
    queues[index % lanes].push({ at: index + step * 150 + random() * 300, value });
  });
});
for (const queue of queues) queue.sort((a, b) => a.at - b.at);
const total = queues.reduce((sum, { length }) => sum + length, 0);

const cache = { del: async () => true };
const marks = { marked: async () => new Set(), mark: async () => {} };
const logger = { warn() {} };
const handler = new ApplyWebhook({
  codec: { decode: async (_spec, value) => value },
  events: new WebhookEvents(new Metrics({ defaultMetrics: false }), logger),
  ...{ keyring, marks, cache, rules: { verifyPayPal: false }, wakeRelay() {} },
});
const latencies = [];
let conflicts = 0;

async function lane(partition, queue) {
  for (let from = 0; from < queue.length; from += batchSize) {
    const startedAt = performance.now();
    const messages = [];
    for (const [i, { value }] of queue.slice(from, from + batchSize).entries()) {
      const record = { topic: 'bench', partition, offset: String(from + i), key: null, value };
      messages.push({ record, value: await handler.load(record) });
    }
    for (;;) {
      try {
        const effects = await database.transaction(async (em) => {
          const done = await handler.apply(em, messages);
          await saveConsumerOffsets(em, [
            { consumerGroup: run, topic: 'bench', partition, nextOffset: BigInt(from + messages.length) },
          ]);
          return done;
        });
        await handler.afterCommit(messages, effects);
        break;
      } catch (error) {
        conflicts += 1;
        if (error.name !== 'VersionConflictError') throw error;
      }
    }
    latencies.push(performance.now() - startedAt);
  }
}

const cpuBefore = process.cpuUsage();
const startedAt = performance.now();
await Promise.all(queues.map((queue, partition) => lane(partition, queue)));
const tookS = (performance.now() - startedAt) / 1000;
const cpu = process.cpuUsage(cpuBefore);
const states = await database.primary.query(
  `SELECT status, count(*)::int AS n FROM payment_webhooks WHERE kafka_topic = 'bench' GROUP BY 1 ORDER BY 1`,
);
latencies.sort((a, b) => a - b);
const at = (share) => latencies[Math.floor(latencies.length * share)]?.toFixed(0);
process.stdout.write(
  `${Math.round(total / tookS)} webhooks/s, ${total} over ${count} payments in ${tookS.toFixed(1)} s, ` +
    `batch p50 ${at(0.5)} ms p99 ${at(0.99)} ms, client CPU ${((cpu.user + cpu.system) / 1e6 / tookS).toFixed(2)} cores, ` +
    `${conflicts} conflicts; ${states.map(({ status, n }) => `${status} ${n}`).join(', ')}\n`,
);
if (statementsText === 'statements') {
  const statements = await database.primary.query(
    `SELECT calls::int, round(total_exec_time)::int AS ms, round((mean_exec_time)::numeric, 2) AS mean, left(regexp_replace(query, '\\s+', ' ', 'g'), 110) AS query
     FROM pg_stat_statements WHERE dbid = (SELECT oid FROM pg_database WHERE datname = current_database())
     ORDER BY total_exec_time DESC LIMIT 22`,
  );
  for (const { calls, ms, mean, query } of statements)
    process.stdout.write(`${ms} ms ${calls} × ${mean} ${query}\n`);
}
await database.close();
