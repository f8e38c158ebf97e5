import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import {
  asCommandId,
  attemptIdOf,
  gatewayIdempotencyKeyOf,
  intentIdOf,
  type PlannedCall,
} from '@payments/domain';
import { createGatewayClient, type GatewayClient } from '@payments/gateways';
import { until } from '@payments/local/testing';
import { createPayment } from '@payments/persistence';
import { createLogger } from '@payments/runtime';
import {
  paypalTarget,
  paypalWebhook,
  Simulator,
  type SimulatorServer,
  startServer,
} from '@payments/simulator';
import { Pipeline, START_MS_MAX } from './testing/pipeline.js';
import { ServiceProcess } from './testing/service-process.js';

const AMOUNT = { amountMinor: 1999n, currency: 'USD' };

let pipeline: Pipeline;
let simulator: Simulator;
let server: SimulatorServer;
let gateway: ServiceProcess;
let paypal: GatewayClient;
beforeAll(async () => {
  pipeline = await Pipeline.start({ ofWebhooks: async () => ({ WEBHOOKS_PAYPAL_VERIFY: 'true' }) });
  const { secrets, ingress, env } = pipeline;
  simulator = new Simulator({
    logger: createLogger({ service: 'simulator', level: 'silent' }),
    settings: { customerMode: 'manual' },
    paypalSigner: secrets.paypal,
  });
  server = await startServer(simulator, { port: 0, host: '127.0.0.1' });
  const target = paypalTarget(`${ingress.url}/webhooks/paypal`, secrets.paypalWebhookId, secrets.paypal);
  simulator.webhooks.setTarget('paypal', target);
  const account = { clientId: 'e2e', clientSecret: 'e2e-secret' };
  const apiBase = `http://127.0.0.1:${server.port}`;
  gateway = await ServiceProcess.start('gateway', {
    ...env,
    GATEWAY_PROVIDER: 'paypal',
    PAYPAL_API_BASE: apiBase,
    PAYPAL_CLIENT_ID: account.clientId,
    PAYPAL_CLIENT_SECRET: account.clientSecret,
  });
  paypal = createGatewayClient({ provider: 'paypal', apiBase, timeoutMs: 10_000, ...account });
}, START_MS_MAX);
afterAll(async () => {
  await gateway?.kill();
  await server?.close();
  await pipeline?.heal();
  await pipeline?.close();
}, 120_000);

/** Creates a payment whose order the payer has approved at PayPal. */
async function approvedPayment() {
  const orderId = `order-${randomUUID()}`;
  const intentId = intentIdOf(orderId, 'paypal');
  const call = (operation: 'create' | 'confirm', gatewayObjectId: string | null): PlannedCall => {
    const name = [asCommandId(randomUUID()), 1, operation] as const;
    return {
      operation,
      idempotencyKey: gatewayIdempotencyKeyOf(...name),
      attemptId: attemptIdOf(...name),
      orderId,
      intentId,
      gatewayObjectId,
      amount: AMOUNT,
      customerId: 'cust-7',
      captureMethod: 'automatic',
      targetId: null,
      reason: null,
      paymentMethodToken: null,
      gatewaySignature: null,
      returnUrl: null,
      metadata: {},
    };
  };
  const { gatewayObjectId } = await paypal.send(call('create', null));
  await pipeline.database.transaction((em) =>
    createPayment(em, { orderId, customerId: 'cust-7', provider: 'paypal', amount: AMOUNT, gatewayObjectId }),
  );
  simulator.customer.act('paypal', gatewayObjectId, { decline: undefined });
  return { intentId, gatewayObjectId, capture: () => paypal.send(call('confirm', gatewayObjectId)) };
}

const captureWebhook = (orderId: string, captureId: string) =>
  paypalWebhook({ type: 'PAYMENT.CAPTURE.COMPLETED', orderId, captureId, amount: 199_900 });

async function intentOf(intentId: string) {
  const [row] = await pipeline.query<{ status: string; amount_captured: string }>(
    'SELECT status, amount_captured FROM payment_intents WHERE intent_id = $1',
    [intentId],
  );
  return row;
}

test('a forged body with a valid signature changes nothing; the data fetched from PayPal counts', async () => {
  const { intentId, gatewayObjectId, capture } = await approvedPayment();
  const forged = captureWebhook(gatewayObjectId, 'FORGEDCAPTURE0001');
  expect((await pipeline.post('paypal', forged.body)).status).toBe(200);
  const forgedRow = () =>
    pipeline.query<{ status: string; error: string | null }>(
      'SELECT status, error FROM payment_webhooks WHERE webhook_id = $1',
      [forged.webhookId],
    );
  const error = 'the gateway knows no such object';
  await until(async () => (await forgedRow())[0]?.error === error, { what: 'PayPal to be asked' });
  expect(await forgedRow()).toEqual([{ status: 'VERIFYING', error }]);
  await until(async () => (await intentOf(intentId))?.status === 'REQUIRES_CONFIRMATION', {
    what: "the approval's own webhook",
  });

  const paid = await capture();
  const exaggerated = captureWebhook(gatewayObjectId, paid.facts[0]?.objectId ?? '');
  expect((await pipeline.post('paypal', exaggerated.body)).status).toBe(200);
  await until(async () => (await intentOf(intentId))?.status === 'SUCCEEDED', { what: 'the capture' });
  const open = `SELECT 1 FROM payment_webhooks WHERE status = 'VERIFYING' AND webhook_id <> $1`;
  await until(async () => (await pipeline.query(open, [forged.webhookId])).length === 0, {
    what: 'every true webhook to be verified',
  });
  expect(await intentOf(intentId)).toEqual({ status: 'SUCCEEDED', amount_captured: '1999' });
  const transactions = 'SELECT type, status, amount FROM payment_transactions';
  expect(await pipeline.query(transactions)).toEqual([
    { type: 'PAYMENT', status: 'SUCCEEDED', amount: '1999' },
  ]);
}, 120_000);
