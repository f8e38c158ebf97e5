// How many webhooks a second the batch statements store: node libs/persistence/bench/insert-webhooks.js <DATABASE_URL>
// Batches of 500 with bodies of 2 KB, four at a time on a pool of four; the offset is saved with each batch.
import { randomBytes } from 'node:crypto';
import { insertWebhooks, openDatabase, saveConsumerOffsets } from '../dist/index.js';

const [url, secondsText = '10', bodyText = '2048', batchText = '500'] = process.argv.slice(2);
const [seconds, bodyBytes, batchSize] = [secondsText, bodyText, batchText].map(Number);
const LANES = 4;
const EVENT_TYPES = [
  'payment_intent.succeeded',
  'charge.refunded',
  'payment_intent.created',
  'charge.updated',
];

const database = await openDatabase({ url, poolSize: LANES, applicationName: 'bench' });
const noise = randomBytes(1024 * 1024);
const until = performance.now() + seconds * 1000;
const latencies = [];
let stored = 0;

function batch(lane, from) {
  const now = Date.now();
  return Array.from({ length: batchSize }, (_, i) => {
    const start = Math.floor(Math.random() * (noise.length - bodyBytes));
    const id = randomBytes(12).toString('hex');
    return {
      webhookId: `stripe:evt_${id}`,
      provider: 'stripe',
      eventType: EVENT_TYPES[i % EVENT_TYPES.length],
      source: 'gateway',
      status: i % 4 === 3 ? 'IGNORED' : 'UNMATCHED',
      receivedAt: new Date(now),
      eventTime: new Date(now - 2000),
      objectIds: [`pi_${id}`, `ch_${id}`],
      sealedBody: noise.subarray(start, start + bodyBytes),
      kafka: { topic: 'payment.webhook.received', partition: lane, offset: BigInt(from + i) },
    };
  });
}

/** The tables' own count, which the result has to agree with. */
async function rowsStored() {
  const [row] = await database.primary.query(
    `SELECT count(*)::int AS n FROM payment_webhooks JOIN payment_webhook_bodies USING (received_at, webhook_id)`,
  );
  return row.n;
}

async function lane(partition) {
  for (let offset = 0; performance.now() < until; offset += batchSize) {
    const rows = batch(partition, offset);
    const startedAt = performance.now();
    await database.transaction(async (em) => {
      await insertWebhooks(em, rows);
      await saveConsumerOffsets(em, [
        {
          consumerGroup: 'bench',
          topic: 'payment.webhook.received',
          partition,
          nextOffset: BigInt(offset + batchSize),
        },
      ]);
    });
    stored += rows.length;
    latencies.push(performance.now() - startedAt);
  }
}

const rowsBefore = await rowsStored();
const cpuBefore = process.cpuUsage();
const startedAt = performance.now();
await Promise.all(Array.from({ length: LANES }, (_, i) => lane(i)));
const tookS = (performance.now() - startedAt) / 1000;
const cpu = process.cpuUsage(cpuBefore);
const rows = (await rowsStored()) - rowsBefore;
if (rows !== stored) throw new Error(`counted ${stored}, but ${rows} rows with bodies were stored`);
await database.close();
latencies.sort((a, b) => a - b);
const at = (share) => latencies[Math.floor(latencies.length * share)]?.toFixed(0);
process.stdout.write(
  `${Math.round(stored / tookS)} webhooks/s, ${stored} stored in ${tookS.toFixed(1)} s, ` +
    `batch p50 ${at(0.5)} ms p99 ${at(0.99)} ms, client CPU ${((cpu.user + cpu.system) / 1e6 / tookS).toFixed(2)} cores\n`,
);
