import { SchemaRegistry } from '@kafkajs/confluent-schema-registry';
import { SealKeyring, type WebhookReceived } from '@payments/contracts';
import { openDatabase } from '@payments/persistence';
import { type EachMessagePayload, Kafka, logLevel } from 'kafkajs';
import { given, report } from './contender.js';
import { saveWebhook } from './first-version-save.js';
import { benchKeys } from './seal-keys.js';
import { SteadyClock } from './steady-clock.js';

/**
 * The obvious first version of the worker: `eachMessage`, each message in a transaction of its own with TypeORM's
 * `find` and `save`, four partitions concurrently. It does less than the real one: no outbox, no waiting webhooks, no
 * marks in Redis, no dead letters; a failed message is retried at once.
 */
const CONCURRENCY = 4;
const TRIES_MAX = 20;

const database = await openDatabase({
  url: given('DATABASE_URL'),
  poolSize: CONCURRENCY,
  applicationName: 'bench first version',
});
const registry = new SchemaRegistry({ host: given('SCHEMA_REGISTRY_URL') });
const keyring = new SealKeyring(benchKeys());
const topic = given('TOPIC');
const clock = new SteadyClock(Number(given('COUNT')));
const kafka = new Kafka({
  clientId: 'first-version',
  brokers: given('KAFKA_BROKERS').split(','),
  logLevel: logLevel.WARN,
});
const consumer = kafka.consumer({ groupId: topic });
const done = Promise.withResolvers<void>();
let repeated = 0;
let failed = 0;

await consumer.connect();
await consumer.subscribe({ topic, fromBeginning: true });
await consumer.run({ partitionsConsumedConcurrently: CONCURRENCY, eachMessage: handle });
await done.promise;
report({ ...clock.measured, repeated, failed });
await consumer.disconnect();
await database.close();

async function handle({ partition, message }: EachMessagePayload): Promise<void> {
  const webhook: WebhookReceived = await registry.decode(message.value ?? Buffer.alloc(0));
  const { sealedBody, ...context } = webhook;
  const body = keyring.open(context, sealedBody);
  for (let tries = 1; ; tries += 1) {
    try {
      const position = { topic, partition, offset: BigInt(message.offset) };
      await database.transaction((em) => saveWebhook(em, webhook, body, position));
      break;
    } catch (error) {
      if (tries === 1) repeated += 1;
      if (tries < TRIES_MAX) continue;
      if (failed === 0) console.error('the first version failed at a webhook, first:', error);
      failed += 1;
      break;
    }
  }
  clock.done();
  if (clock.isOver) done.resolve();
}
