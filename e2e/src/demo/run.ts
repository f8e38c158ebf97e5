import { randomBytes } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { deadLetterTopicOf, TOPICS } from '@payments/contracts';
import { BatchingProducer, createKafka, type KafkaConnection, SchemaCodec } from '@payments/messaging';
import { type Database, openDatabase } from '@payments/persistence';
import { createLogger, kafkaOptions, type Logger, Metrics } from '@payments/runtime';
import { readPayPalSigner } from '@payments/simulator';
import { TopicReader } from '../topic-reader.js';
import { forgedRecord, forgedWebhookId, poisonRecord } from '../unreadable-records.js';
import { runCommands } from './command-steps.js';
import { Delivery } from './delivery.js';
import { requireEnabledGateways } from './enabled-gateways.js';
import { runGatewayPayments } from './gateway-payments.js';
import { runLives } from './lives.js';
import { showProgress } from './progress.js';
import type { Findings } from './report.js';
import { demoRequests } from './requests.js';
import type { DemoSettings } from './settings.js';
import { countRows, readRows } from './stored-rows.js';

const POLL_EVERY_MS = 200;
/** After the last answer, until all acknowledged webhooks have reached Postgres. */
const SETTLE_MS_MAX = 30_000;

/** Runs all parts of the demo and returns the results. @throws GatewaysDisabledError before it sends anything */
export async function runDemo(settings: DemoSettings): Promise<Findings> {
  const logger = createLogger({ service: 'demo', level: 'fatal' });
  const kafka = createKafka({ ...kafkaOptions(settings), clientId: 'demo', logger });
  const secrets = {
    stripeSecret: newest(settings.STRIPE_WEBHOOK_SECRETS),
    razorpaySecret: newest(settings.RAZORPAY_WEBHOOK_SECRETS),
    paypalWebhookId: newest(settings.PAYPAL_WEBHOOK_IDS),
    paypal: await readPayPalSigner(settings.SIMULATOR_STATE_DIR),
  };
  const requests = demoRequests(settings.count, secrets);
  const database = await openDatabase({ url: settings.DATABASE_URL, poolSize: 2, applicationName: 'demo' });
  const reader = await TopicReader.open(kafka, deadLetterTopicOf(TOPICS.webhookReceived.name));
  try {
    await requireEnabledGateways(database);
    const planted = await plant(settings, kafka, logger);
    const delivery = new Delivery(requests, settings.INGRESS_URL);
    const ofThisRun = () => reader.records.filter(({ key }) => planted.has(String(key)));
    await deliver(delivery, database, () => ofThisRun().length, planted.size);
    // Includes those that were refused or forged, which must have no row.
    const claimed = requests.flatMap(({ webhook }) => (webhook === undefined ? [] : [webhook.webhookId]));
    const forged = [...planted.keys()].map(forgedWebhookId);
    const rows = await readRows(database, new Set([...claimed, ...forged]));
    console.log('  following three payments through their webhooks');
    const lives = await runLives(settings, { database, kafka, secrets });
    console.log('  making payments by command, over HTTP and over Kafka');
    const commands = await runCommands(settings);
    console.log('  taking seven payments through the simulated gateways');
    const gatewayPayments = await runGatewayPayments(settings);
    return { delivery, rows, planted, deadLetters: ofThisRun(), lives, commands, gatewayPayments };
  } finally {
    await reader.close();
    await database.close();
  }
}

/** Writes bad records to the topic, past the ingress. @returns their descriptions by key */
async function plant(
  settings: DemoSettings,
  kafka: KafkaConnection,
  logger: Logger,
): Promise<Map<string, string>> {
  const run = randomBytes(4).toString('hex');
  const [poison, forged] = [`demo-${run}-poison`, `demo-${run}-forged`];
  const codec = new SchemaCodec(settings.SCHEMA_REGISTRY_URL);
  await codec.register(TOPICS.webhookReceived);
  const producer = new BatchingProducer({
    kafka,
    logger,
    metrics: new Metrics({ defaultMetrics: false }),
    queueCountMax: 10,
    queueBytesMax: 1024 * 1024,
    deadlineMs: 10_000,
  });
  await producer.start();
  const sealKeyId = settings.SEAL_KEYS[0]?.id ?? '';
  await producer.send(poisonRecord(poison));
  await producer.send(forgedRecord(forged, sealKeyId, codec));
  await producer.close();
  return new Map([
    [poison, 'bytes that are no Avro'],
    [forged, 'a payment with a forged seal'],
  ]);
}

/** Sends the requests, and waits until all accepted ones have a row and all planted records are dead-lettered. */
async function deliver(
  delivery: Delivery,
  database: Database,
  deadLetters: () => number,
  planted: number,
): Promise<void> {
  let rows = 0;
  let finished = false;
  const progress = showProgress(
    () => [
      { name: 'requests answered', now: delivery.done.length, of: delivery.total },
      { name: 'webhooks in Postgres', now: rows, of: delivery.accepted.size },
      { name: 'dead letters', now: deadLetters(), of: planted },
    ],
    () => finished,
  );
  try {
    const settled = { sending: true, by: Number.POSITIVE_INFINITY };
    const sending = delivery.run().finally(() => {
      Object.assign(settled, { sending: false, by: performance.now() + SETTLE_MS_MAX });
    });
    const isComplete = () => !settled.sending && rows >= delivery.accepted.size && deadLetters() >= planted;
    while (!isComplete() && performance.now() < settled.by) {
      await delay(POLL_EVERY_MS);
      rows = await countRows(database, delivery.accepted);
    }
    await sending;
  } finally {
    finished = true;
    await progress;
  }
}

function newest(list: readonly string[]): string {
  return list[0] ?? '';
}
