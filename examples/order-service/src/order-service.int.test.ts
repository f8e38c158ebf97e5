import { afterAll, beforeAll, expect, jest, test } from '@jest/globals';
import { ALL_TOPICS, type CommandOutcome, type PaymentIntentEvent, TOPICS } from '@payments/contracts';
import { sharedStack, uniqueName, until } from '@payments/local/testing';
import {
  BatchingProducer,
  createKafka,
  ensureTopics,
  type KafkaConnection,
  SchemaCodec,
} from '@payments/messaging';
import { createLogger, Metrics } from '@payments/runtime';
import { type OrderPayment, OrderService } from './order-service.js';

const logger = createLogger({ service: 'test', level: 'silent' });
const metrics = new Metrics({ defaultMetrics: false });

/** These tests share their processor with many others. */
jest.setTimeout(60_000);

let kafka: KafkaConnection;
let codec: SchemaCodec;
let producer: BatchingProducer;
let orders: OrderService;
const changes: OrderPayment[] = [];

beforeAll(async () => {
  const { kafkaBrokers: brokers, registryUrl } = sharedStack();
  kafka = createKafka({ brokers, clientId: 'test', logger });
  await ensureTopics(kafka, ALL_TOPICS, { replicationFactor: 1, minInSyncReplicas: 1 });
  codec = new SchemaCodec(registryUrl);
  await codec.register(TOPICS.commandOutcomes);
  await codec.register(TOPICS.intentEvents);
  producer = new BatchingProducer({
    kafka,
    logger,
    metrics,
    queueCountMax: 1_000,
    queueBytesMax: 1024 * 1024,
    deadlineMs: 10_000,
  });
  await producer.start();
  orders = new OrderService({
    brokers,
    registryUrl,
    logger,
    metrics,
    service: uniqueName('orders'),
    onChange: (payment) => changes.push(payment),
    onCrash: (error) => {
      throw error;
    },
  });
  await orders.start();
}, 60_000);
afterAll(async () => {
  await orders?.close();
  await producer?.close();
});

const changesOf = (orderId: string) => changes.filter((payment) => payment.orderId === orderId);

function orderOf(orderId: string) {
  return {
    orderId,
    customerId: 'customer-1',
    gatewayProvider: 'stripe' as const,
    amount: 1999,
    currency: 'USD',
  };
}

/** What the intents service says of a command. */
async function tellOutcome(intentId: string, outcome: Partial<CommandOutcome>): Promise<void> {
  const whole: CommandOutcome = {
    commandId: '',
    type: 'create',
    intentId,
    outcome: 'DONE',
    code: null,
    detail: null,
    intentVersion: 1,
    decidedAt: Date.now(),
    idReusedAt: null,
    ...outcome,
  };
  const value = codec.encode(TOPICS.commandOutcomes, whole);
  await producer.send({ topic: TOPICS.commandOutcomes.name, key: intentId, value });
}

async function tellEvent(
  event: Pick<PaymentIntentEvent, 'intentId' | 'orderId' | 'version' | 'status'>,
): Promise<void> {
  const whole: PaymentIntentEvent = {
    type: 'captured',
    customerId: 'customer-1',
    previousStatus: 'CREATED',
    amount: 1999,
    currency: 'USD',
    amountAuthorized: 0,
    amountCaptured: 0,
    amountRefunded: 0,
    amountRefundPending: 0,
    amountDisputed: 0,
    currentLeg: 1,
    occurredAt: Date.now(),
    transaction: null,
    lastError: null,
    nextAction: null,
    alerts: [],
    commandId: null,
    ...event,
  };
  const value = codec.encode(TOPICS.intentEvents, whole);
  await producer.send({ topic: TOPICS.intentEvents.name, key: event.intentId, value });
}

test('an order is followed from its command to its money (outcome and events by the test in place of services/intents)', async () => {
  const orderId = uniqueName('order');
  const { intentId, commandId } = await orders.pay(orderOf(orderId));
  await tellOutcome(intentId, { commandId });
  await until(() => changesOf(orderId).some(({ outcome }) => outcome === 'DONE'), { what: 'the outcome' });
  await tellEvent({ intentId, orderId, version: 1, status: 'CREATED' });
  await tellEvent({ intentId, orderId, version: 2, status: 'SUCCEEDED' });
  // What comes late or twice changes nothing.
  await tellEvent({ intentId, orderId, version: 1, status: 'CREATED' });
  await tellEvent({ intentId, orderId, version: 2, status: 'SUCCEEDED' });
  await tellEvent({ intentId, orderId, version: 3, status: 'SUCCEEDED' });
  await until(() => changesOf(orderId).length === 4, { what: 'every change' });
  const statuses = changesOf(orderId).map(({ status }) => status);
  expect(statuses).toEqual([undefined, 'CREATED', 'SUCCEEDED', 'SUCCEEDED']);
  expect(changesOf(orderId).at(-1)).toEqual({
    orderId,
    commandId,
    outcome: 'DONE',
    code: null,
    status: 'SUCCEEDED',
  });
});

test('a rejection is heard with its reason (by the test in place of services/intents)', async () => {
  const orderId = uniqueName('order');
  const { intentId, commandId } = await orders.pay(orderOf(orderId));
  await tellOutcome(intentId, {
    commandId,
    outcome: 'REJECTED',
    code: 'ORDER_HAS_ANOTHER',
    intentVersion: null,
  });
  const rejected = await until(() => changesOf(orderId).find(({ outcome }) => outcome === 'REJECTED'), {
    what: 'the rejection',
  });
  expect(rejected.code).toBe('ORDER_HAS_ANOTHER');
});

test('an order that is paid again is the same command on the same intent', async () => {
  const orderId = uniqueName('order');
  const first = await orders.pay(orderOf(orderId));
  expect(await orders.pay(orderOf(orderId))).toEqual(first);
});

test('an order that is paid again keeps what is known of its payment', async () => {
  const orderId = uniqueName('order');
  const { intentId, commandId } = await orders.pay(orderOf(orderId));
  await tellOutcome(intentId, { commandId });
  await until(() => changesOf(orderId).length === 1, { what: 'the outcome' });
  await orders.pay(orderOf(orderId));
  await tellEvent({ intentId, orderId, version: 1, status: 'CREATED' });
  await until(() => changesOf(orderId).length === 2, { what: 'the event' });
  expect(changesOf(orderId).at(-1)).toMatchObject({ outcome: 'DONE', status: 'CREATED' });
});
