import { randomUUID } from 'node:crypto';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import {
  asCommandId,
  attemptIdOf,
  gatewayIdempotencyKeyOf,
  type IntentId,
  intentIdOf,
  type PlannedCall,
} from '@payments/domain';
import { createGatewayClient, type GatewayClient, readWebhook } from '@payments/gateways';
import { createTestDatabase, until } from '@payments/local/testing';
import {
  createPayment,
  type Database,
  insertWebhooks,
  openDatabase,
  settleWaiting,
  type WebhookRow,
} from '@payments/persistence';
import { createLogger, Metrics } from '@payments/runtime';
import { paypalWebhook, Simulator, type SimulatorServer, startServer } from '@payments/simulator';
import { startVerifying, type Verifying } from './start-verifying.js';

const AMOUNT = { amountMinor: 1999n, currency: 'USD' };
const MINUTE_MS = 60_000;

let simulator: Simulator;
let server: SimulatorServer;
let database: Database;
let client: GatewayClient;
let metrics: Metrics;
let cleanUp: (() => unknown)[];
let told: string[];
beforeEach(async () => {
  const logger = createLogger({ service: 'verifying-test', level: 'silent' });
  const { url, drop } = await createTestDatabase();
  database = await openDatabase({ url, poolSize: 10, applicationName: 'verifying-test' });
  simulator = new Simulator({ logger, settings: { customerMode: 'manual' } });
  server = await startServer(simulator, { port: 0, host: '127.0.0.1' });
  const apiBase = `http://127.0.0.1:${server.port}`;
  client = createGatewayClient({
    provider: 'paypal',
    apiBase,
    timeoutMs: 5_000,
    clientId: 'test',
    clientSecret: 'test-secret',
  });
  metrics = new Metrics({ defaultMetrics: false });
  told = [];
  cleanUp = [drop, () => database.close(), () => server.close()];
}, MINUTE_MS);
afterEach(async () => {
  for (const step of cleanUp.reverse()) await step();
}, MINUTE_MS);

function start(): Verifying {
  const verifying = startVerifying({
    database,
    line: { ...client, timeoutMs: 5_000 },
    pollIntervalMs: 10,
    metrics,
    logger: createLogger({ service: 'verifying-test', level: 'silent' }),
    tell: async ({ changes }) => {
      told.push(...changes.map(({ folded }) => folded.payment.intent.status));
    },
  });
  cleanUp.push(() => verifying.close());
  return verifying;
}

/** Paid, according to PayPal's records. */
async function paidOrder(orderId = `order-${randomUUID()}`) {
  const intentId = intentIdOf(orderId, 'paypal');
  const created = await client.send(aCall('create', { orderId, intentId, gatewayObjectId: null }));
  const { gatewayObjectId } = created;
  simulator.customer.act('paypal', gatewayObjectId, { decline: undefined });
  const paid = await client.send(aCall('confirm', { orderId, intentId, gatewayObjectId }));
  return { orderId, intentId, paypalOrderId: gatewayObjectId, captureId: paid.facts[0]?.objectId ?? '' };
}

function aCall(
  operation: 'create' | 'confirm',
  of: Pick<PlannedCall, 'orderId' | 'intentId' | 'gatewayObjectId'>,
): PlannedCall {
  const name = [asCommandId(randomUUID()), 1, operation] as const;
  return {
    operation,
    idempotencyKey: gatewayIdempotencyKeyOf(...name),
    attemptId: attemptIdOf(...name),
    customerId: 'cust-7',
    amount: AMOUNT,
    ...of,
    captureMethod: 'automatic',
    targetId: null,
    paymentMethodToken: null,
    gatewaySignature: null,
    returnUrl: null,
    reason: null,
    metadata: {},
  };
}

async function know({ orderId, paypalOrderId }: { orderId: string; paypalOrderId: string }): Promise<void> {
  const payment = { orderId, customerId: 'cust-7', provider: 'paypal' as const, amount: AMOUNT };
  await database.transaction((em) => createPayment(em, { ...payment, gatewayObjectId: paypalOrderId }));
}

/** A capture's webhook as stored by the webhook worker; its body claims a hundred times the amount paid. */
async function storeWebhook(
  ids: { readonly paypalOrderId: string; readonly captureId: string },
  receivedAt = new Date(),
): Promise<string> {
  const { webhookId, eventType, body } = paypalWebhook({
    type: 'PAYMENT.CAPTURE.COMPLETED',
    orderId: ids.paypalOrderId,
    captureId: ids.captureId,
    amount: 199_900,
  });
  const { objectIds, eventTime, raisesMoney } = readWebhook('paypal', body);
  expect(raisesMoney).toBe(true);
  const row: WebhookRow = {
    webhookId,
    provider: 'paypal',
    eventType,
    source: 'gateway',
    status: 'VERIFYING',
    receivedAt,
    eventTime,
    objectIds,
    sealedBody: Buffer.from('sealed'),
    kafka: { topic: 'payment.webhook.received', partition: 0, offset: 1n },
  };
  await database.transaction((em) => insertWebhooks(em, [row]));
  return webhookId;
}

async function webhook(webhookId: string): Promise<{ status: string; error: string | null }> {
  const [row] = await database.primary.query(
    'SELECT status, error FROM payment_webhooks WHERE webhook_id = $1',
    [webhookId],
  );
  return row;
}

async function intent(intentId: IntentId) {
  const [row] = await database.primary.query(
    'SELECT status, amount_captured FROM payment_intents WHERE intent_id = $1',
    [intentId],
  );
  return row;
}

const untilWebhook = (webhookId: string, status: string) =>
  until(async () => (await webhook(webhookId)).status === status, { what: `the webhook to be ${status}` });

test(
  'a webhook counts by what PayPal shows, not by what its body says',
  async () => {
    const paid = await paidOrder();
    await know(paid);
    const webhookId = await storeWebhook(paid);
    start();
    await untilWebhook(webhookId, 'PROCESSED');
    expect(await intent(paid.intentId)).toEqual({ status: 'SUCCEEDED', amount_captured: '1999' });
    await until(() => told.length > 0, { what: 'the change to be told' });
    expect(told).toEqual(['SUCCEEDED']);
    expect(await metrics.registry.metrics()).toContain(
      'webhook_verifications_total{provider="paypal",outcome="processed"} 1',
    );
  },
  MINUTE_MS,
);

test(
  'one of an object that PayPal does not know waits a while, and is refused with its reason',
  async () => {
    const paid = await paidOrder();
    await know(paid);
    const forged = { ...paid, captureId: 'FORGED' };
    const young = await storeWebhook(forged);
    const old = await storeWebhook(forged, new Date(Date.now() - 11 * MINUTE_MS));
    start();
    await untilWebhook(old, 'FAILED');
    await until(async () => (await webhook(young)).error !== null, {
      what: 'the young one to be asked after',
    });
    const error = 'the gateway knows no such object';
    expect(await webhook(old)).toEqual({ status: 'FAILED', error });
    expect(await webhook(young)).toEqual({ status: 'VERIFYING', error });
    expect(await intent(paid.intentId)).toEqual({ status: 'CREATED', amount_captured: '0' });
  },
  MINUTE_MS,
);

test(
  'one is verified once PayPal can be asked again, however old it is',
  async () => {
    const paid = await paidOrder();
    await know(paid);
    simulator.faults.add({ provider: 'paypal', operation: 'orders.get', kind: 'unavailable' });
    const webhookId = await storeWebhook(paid, new Date(Date.now() - 2_000));
    start();
    await until(async () => (await webhook(webhookId)).error !== null, { what: 'PayPal not to be reached' });
    expect(await webhook(webhookId)).toEqual({ status: 'VERIFYING', error: 'API_ERROR: http_503' });
    simulator.faults.reset(1);
    await untilWebhook(webhookId, 'PROCESSED');
    expect(await webhook(webhookId)).toEqual({ status: 'PROCESSED', error: null });
  },
  MINUTE_MS,
);

test(
  'one whose payment is not known yet waits for it, and is verified once more then',
  async () => {
    const paid = await paidOrder();
    const webhookId = await storeWebhook(paid);
    start();
    await untilWebhook(webhookId, 'UNMATCHED');
    await know(paid);
    // As in the webhook worker: the body is trusted no more than when the webhook came.
    const readWaiting = () => ({ status: 'VERIFYING', error: null }) as const;
    await database.transaction((em) => settleWaiting(em, { readWaiting }));
    await untilWebhook(webhookId, 'PROCESSED');
    expect(await intent(paid.intentId)).toEqual({ status: 'SUCCEEDED', amount_captured: '1999' });
  },
  MINUTE_MS,
);

test(
  'many, by several processes, are each ended once',
  async () => {
    const paid = await Promise.all(Array.from({ length: 12 }, () => paidOrder()));
    for (const one of paid) await know(one);
    const ids = await Promise.all([...paid, ...paid].map((one) => storeWebhook(one)));
    start();
    start();
    await until(
      async () => (await Promise.all(ids.map(webhook))).every(({ status }) => status === 'PROCESSED'),
      {
        what: 'every webhook to be processed',
      },
    );
    const [sums] = await database.primary.query(
      `SELECT count(*)::int AS payments, sum(amount_captured)::int AS captured FROM payment_intents
     WHERE status = 'SUCCEEDED'`,
    );
    expect(sums).toEqual({ payments: 12, captured: 12 * 1999 });
    const transactions = `SELECT count(*)::int AS count FROM payment_transactions`;
    expect(await database.primary.query(transactions)).toEqual([{ count: 12 }]);
  },
  MINUTE_MS,
);
