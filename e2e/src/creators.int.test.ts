import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { type NewIntent, PaymentsClient, type SentCommand } from '@payments/client';
import { intentIdOf } from '@payments/domain';
import { until } from '@payments/local/testing';
import { Pipeline } from './testing/pipeline.js';
import { API_KEY } from './testing/pipeline-settings.js';
import { ServiceProcess } from './testing/service-process.js';

const CREATORS = 100;
/** Fewer creations of each by HTTP than are admitted in a minute. */
const CUSTOMERS = 10;

let pipeline: Pipeline;
let intents: ServiceProcess;
let shop: PaymentsClient;
beforeAll(async () => {
  pipeline = await Pipeline.start();
  const { env, stack } = pipeline;
  intents = await ServiceProcess.start('intents', env);
  const access = { brokers: stack.kafkaBrokers, registryUrl: stack.registryUrl };
  shop = await PaymentsClient.connect({ service: 'shop', ...access });
}, 180_000);
afterAll(async () => {
  await shop?.close();
  await intents?.kill();
  await pipeline?.close();
}, 120_000);

async function createOverHttp(intent: NewIntent): Promise<SentCommand> {
  const answer = await fetch(`${pipeline.ingress.url}/v1/payment-intents`, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${API_KEY}`,
      'content-type': 'application/json',
      'idempotency-key': randomUUID(),
    },
    body: JSON.stringify(intent),
  });
  if (answer.status !== 202) throw new Error(`${answer.status}: ${await answer.text()}`);
  return (await answer.json()) as SentCommand;
}

test('a hundred creators over HTTP and Kafka at once make one intent, which each is told the name of', async () => {
  const orderId = `order-${randomUUID()}`;
  const intentId = intentIdOf(orderId, 'stripe');
  const sent = await Promise.all(
    Array.from({ length: CREATORS }, (_, index) => {
      const customerId = `cust-${index % CUSTOMERS}`;
      const intent: NewIntent = {
        orderId,
        customerId,
        gatewayProvider: 'stripe',
        amount: 1999,
        currency: 'USD',
      };
      return index < CREATORS / 2 ? createOverHttp(intent) : shop.createIntent(intent);
    }),
  );
  expect(new Set(sent.map((one) => one.intentId))).toEqual(new Set([intentId]));

  const outcomes = () =>
    pipeline.query<{ outcome: string; intent_id: string; count: number }>(
      `SELECT outcome, intent_id, count(*)::int AS count FROM commands
       WHERE command_id = ANY($1) GROUP BY outcome, intent_id`,
      [sent.map(({ commandId }) => commandId)],
    );
  const isDecided = async () => (await outcomes()).reduce((sum, { count }) => sum + count, 0) === CREATORS;
  await until(isDecided, { what: 'every creation to be decided', timeoutMs: 60_000 });
  expect(await outcomes()).toEqual([{ outcome: 'DONE', intent_id: intentId, count: CREATORS }]);
  const intentsOfOrder = 'SELECT intent_id FROM payment_intents WHERE order_id = $1';
  expect(await pipeline.query(intentsOfOrder, [orderId])).toEqual([{ intent_id: intentId }]);
}, 120_000);
