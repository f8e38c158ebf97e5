import { randomUUID } from 'node:crypto';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import {
  type CommandOutcome,
  type GatewayCommand,
  type PaymentIntentEvent,
  TOPICS,
  type TopicSpec,
} from '@payments/contracts';
import { uniqueName, until } from '@payments/local/testing';
import { BatchingProducer, ensureTopics, startConsumer } from '@payments/messaging';
import { type OutboxRelay, startOutboxRelay } from '@payments/worker';
import { aCommand, aCreation } from './testing/a-command.js';
import { captured } from './testing/facts.js';
import { IntentsHarness } from './testing/intents-harness.js';
import { failTest } from './testing/intents-parts.js';

let harness: IntentsHarness;
let relay: OutboxRelay;
const outcomes: CommandOutcome[] = [];
const events: PaymentIntentEvent[] = [];
const calls: GatewayCommand[] = [];

beforeEach(async () => {
  harness = await IntentsHarness.create();
  const { database, producer, codec, logger, metrics, kafka } = harness.parts;
  const topics = [TOPICS.commandOutcomes, TOPICS.intentEvents, TOPICS.stripeCommands];
  await ensureTopics(kafka, [...topics, TOPICS.paypalCommands, TOPICS.razorpayCommands], {
    replicationFactor: 1,
    minInSyncReplicas: 1,
  });
  relay = await startOutboxRelay({ database, producer, codec, logger, metrics });
  harness.onClose(() => relay.close());
  await read(TOPICS.commandOutcomes, outcomes);
  await read(TOPICS.intentEvents, events);
  await read(TOPICS.stripeCommands, calls);
}, 60_000);
afterEach(() => harness.close(), 60_000);

/** All records of a topic of the shared stack, where other tests also write, some of it unreadable. */
async function read<Value>(spec: TopicSpec<Value>, into: Value[]): Promise<void> {
  const { kafka, codec, logger, metrics } = harness.parts;
  const consumer = await startConsumer({
    kafka,
    logger,
    metrics,
    groupId: uniqueName('reader'),
    topics: [spec.name],
    onBatch: async (batch) => {
      for (const { value, offset } of batch.records) {
        const read = value && (await codec.decode(spec, value).catch(() => undefined));
        if (read) into.push(read);
        batch.resolve(BigInt(offset));
      }
    },
    onCrash: failTest,
  });
  harness.onClose(() => consumer.close());
}

async function told(ids: readonly string[]): Promise<CommandOutcome[]> {
  const wanted = new Set(ids);
  const found = () => outcomes.filter(({ commandId }) => wanted.has(commandId));
  await until(() => new Set(found().map(({ commandId }) => commandId)).size === wanted.size, {
    what: 'every outcome to be told',
    timeoutMs: 60_000,
  });
  return found();
}

test('a hundred creators by two producers make one intent, and each is told its name; another amount is refused', async () => {
  await harness.startWorker({ wakeRelay: (shards) => relay.wake(shards) });
  const { kafka, logger, metrics } = harness.parts;
  const other = new BatchingProducer({
    kafka,
    logger,
    metrics,
    deadlineMs: 30_000,
    queueCountMax: 1_000,
    queueBytesMax: 1024 * 1024,
  });
  await other.start();
  harness.onClose(() => other.close());
  const orderId = `order-${randomUUID()}`;
  const creators = Array.from({ length: 100 }, () => aCreation({ orderId }));
  const differing = aCreation({ orderId, amount: 2000 });
  await Promise.all([harness.publish(creators.slice(0, 50)), harness.publish(creators.slice(50), other)]);
  await harness.publish([differing], other);
  const all = await told([...creators, differing].map(({ commandId }) => commandId));
  const { intentId } = differing;
  for (const outcome of all) expect(outcome).toMatchObject({ type: 'create', intentId, intentVersion: 1 });
  const refused = all.filter((one) => one.outcome === 'REJECTED');
  expect(refused).toMatchObject([{ commandId: differing.commandId, code: 'INTENT_DIFFERS' }]);
  expect(await harness.rows('SELECT count(*)::int AS n FROM payment_intents')).toEqual([{ n: 1 }]);
  const own = () => calls.filter((call) => call.intentId === intentId);
  await until(() => own().length > 0, { what: 'the call' });
  expect(new Set(own().map(({ operation }) => operation))).toEqual(new Set(['create']));
}, 90_000);

test('who sends another command under an id that was used hears the first outcome again, with the note', async () => {
  await harness.startWorker({ wakeRelay: (shards) => relay.wake(shards) });
  const create = aCreation();
  await harness.publish([create, { ...aCommand(create, 'cancel'), commandId: create.commandId }]);
  const own = () => outcomes.filter(({ commandId }) => commandId === create.commandId);
  await until(() => own().some(({ idReusedAt }) => idReusedAt !== null), { what: 'the note' });
  for (const outcome of own()) expect(outcome).toMatchObject({ type: 'create', outcome: 'DONE', code: null });
  expect(await harness.rows('SELECT status FROM payment_intents')).toEqual([{ status: 'CREATED' }]);
}, 90_000);

test('an intent is told from version 1 on without a gap, by whomever it is changed', async () => {
  await harness.startWorker({ wakeRelay: (shards) => relay.wake(shards) });
  const create = aCreation({ confirm: true, paymentMethodToken: 'pm_card_visa' });
  await harness.publish([create]);
  await harness.finished();
  const objectId = `pi_${randomUUID()}`;
  const cancel = aCommand(create, 'cancel');
  await Promise.all([
    harness.publish([aCommand(create, 'confirm'), cancel]),
    harness.answer(create, 'create', { facts: [captured(objectId)], gatewayObjectId: objectId }),
  ]);
  await harness.finished();
  const [row] = await harness.rows('SELECT status, version::int FROM payment_intents');
  expect(row?.status).toBe('SUCCEEDED');
  const own = () => events.filter(({ intentId }) => intentId === create.intentId);
  await until(() => own().some(({ version }) => version === row?.version), { what: 'the last event' });
  const versions = [...new Set(own().map(({ version }) => version))];
  expect(versions).toEqual(Array.from({ length: Number(row?.version) }, (_, index) => index + 1));
  const types = own().map(({ type }) => type);
  expect([
    ['created', 'captured'],
    ['created', 'canceled', 'late_success'],
  ]).toContainEqual([...new Set(types)]);
  expect(own()[0]).toMatchObject({
    type: 'created',
    status: 'CREATED',
    previousStatus: 'CREATED',
    transaction: null,
  });
}, 90_000);
