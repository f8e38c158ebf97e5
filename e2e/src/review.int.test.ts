import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals';
import { consumeIntentEvents, PaymentsClient } from '@payments/client';
import type { PaymentIntentEvent } from '@payments/contracts';
import { intentIdOf } from '@payments/domain';
import { until } from '@payments/local/testing';
import { createLogger } from '@payments/runtime';
import { Simulator, type SimulatorServer, startServer } from '@payments/simulator';
import { SimulatorControl } from './simulator-control.js';
import { Pipeline, START_MS_MAX } from './testing/pipeline.js';
import { ServiceProcess } from './testing/service-process.js';

const CLI = fileURLToPath(new URL('../../services/cli/bin/payments.js', import.meta.url));

let pipeline: Pipeline;
let simulator: Simulator;
let server: SimulatorServer;
let services: readonly ServiceProcess[];
let shop: PaymentsClient;
const events: PaymentIntentEvent[] = [];
const cleanUp: (() => Promise<unknown>)[] = [];

beforeAll(async () => {
  pipeline = await Pipeline.start();
  cleanUp.push(() => pipeline.close());
  // It sends no webhooks, so that only an inquiry shows the outcome of a call.
  simulator = new Simulator({
    logger: createLogger({ service: 'simulator', level: 'silent' }),
    settings: { customerDelayMs: 0, settlementDelayMs: 0 },
  });
  server = await startServer(simulator, { port: 0, host: '127.0.0.1' });
  cleanUp.push(() => server.close());
  const { env, stack } = pipeline;
  services = await Promise.all([
    ServiceProcess.start('intents', env),
    ServiceProcess.start('gateway', {
      ...env,
      GATEWAY_PROVIDER: 'stripe',
      STRIPE_API_KEY: 'sk_test_e2e',
      STRIPE_API_BASE: `http://127.0.0.1:${server.port}`,
      GATEWAY_REVIEW_AFTER_MS: '1000',
    }),
  ]);
  for (const service of services) cleanUp.push(() => service.kill());
  const access = { service: 'shop', brokers: stack.kafkaBrokers, registryUrl: stack.registryUrl };
  shop = await PaymentsClient.connect(access);
  cleanUp.push(() => shop.close());
  const told = await consumeIntentEvents({
    ...access,
    groupId: 'shop',
    onEvent: async (event) => void events.push(event),
    // A missing event makes a wait time out.
    onCrash: () => {},
  });
  cleanUp.push(() => told.close());
}, START_MS_MAX);
afterEach(() => simulator.faults.reset(1));
afterAll(async () => {
  for (const step of cleanUp.reverse()) await step();
}, 120_000);

async function createIntent() {
  const orderId = `order-${randomUUID()}`;
  await shop.createIntent({
    orderId,
    customerId: 'cust-7',
    gatewayProvider: 'stripe',
    amount: 1999,
    currency: 'USD',
    confirm: true,
    paymentMethodToken: 'pm_card_visa',
  });
  return intentIdOf(orderId, 'stripe');
}

/** Runs an operator's command. @returns its stdout @throws Error with its stderr if it fails */
async function payments(...args: readonly string[]): Promise<string> {
  const { stdout } = await promisify(execFile)(process.execPath, [CLI, ...args], { env: pipeline.env });
  return stdout;
}

interface Review {
  readonly attemptId: string;
  readonly intentId: string;
  readonly operation: string;
}

/** Makes the call be executed without an answer, and inquiries about it fail. */
function loseAnswer(operation: 'confirm' | 'refund'): void {
  const calls = { confirm: 'payment_intents.confirm', refund: 'refunds.create' } as const;
  const questions = { confirm: 'payment_intents.retrieve', refund: 'refunds.list' } as const;
  simulator.faults.add({ provider: 'stripe', operation: calls[operation], kind: 'drop_reply', times: 1 });
  simulator.faults.add({ provider: 'stripe', operation: questions[operation], kind: 'unavailable' });
}

/** Waits until the attempt is put before a person. */
async function reviewOf(intentId: string): Promise<string> {
  const { attemptId } = await until(
    async () => {
      const { reviews } = JSON.parse(await payments('review', 'ls', '--json')) as { reviews: Review[] };
      return reviews.find((one) => one.intentId === intentId);
    },
    { what: 'a person to be asked', timeoutMs: 60_000, everyMs: 500 },
  );
  return attemptId;
}

function executed(attemptId: string, objectId: string): Promise<string> {
  const said = ['--object', objectId, '--evidence', "the gateway's dashboard shows it", '--by', 'ada'];
  return payments('review', 'resolve', attemptId, 'executed', ...said);
}

function untilTold(intentId: string, wanted: Partial<PaymentIntentEvent>): Promise<unknown> {
  const isWanted = (event: PaymentIntentEvent): boolean =>
    event.intentId === intentId &&
    Object.entries(wanted).every(([name, value]) => event[name as keyof PaymentIntentEvent] === value);
  return until(() => events.some(isWanted), { what: JSON.stringify(wanted), timeoutMs: 60_000 });
}

/** The payment's object in the gateway's ledger. */
async function objectOf(intentId: string) {
  const control = new SimulatorControl(`http://127.0.0.1:${server.port}`);
  const object = (await control.ledger(intentId))[0]?.objects[0];
  if (object === undefined) throw new Error(`the gateway has nothing of ${intentId}`);
  return object;
}

test('a payment with an unknown outcome succeeds once a person has found it at the gateway', async () => {
  loseAnswer('confirm');
  const intentId = await createIntent();
  const attemptId = await reviewOf(intentId);
  const { objectId } = await objectOf(intentId);
  simulator.faults.reset(1);
  expect(await executed(attemptId, objectId)).toContain('now fetches what was carried out');
  await untilTold(intentId, { status: 'SUCCEEDED' });
  expect(await payments('intent', 'show', intentId)).toContain('SUCCEEDED');
  expect(await payments('review', 'ls')).not.toContain(attemptId);
  expect((await objectOf(intentId)).charges).toHaveLength(1);
}, 120_000);

test('of two similar refunds, a person cannot name the one that belongs to the other attempt', async () => {
  const intentId = await createIntent();
  await untilTold(intentId, { status: 'SUCCEEDED' });
  await shop.refund(intentId, { commandId: randomUUID(), amount: 500 });
  await untilTold(intentId, { amountRefunded: 500 });
  const [first] = (await objectOf(intentId)).refunds;
  loseAnswer('refund');
  await shop.refund(intentId, { commandId: randomUUID(), amount: 500 });
  const attemptId = await reviewOf(intentId);
  simulator.faults.reset(1);
  await expect(executed(attemptId, String(first?.id))).rejects.toThrow('name the refund of this one');
  const second = (await objectOf(intentId)).refunds.find(({ id }) => id !== first?.id);
  await executed(attemptId, String(second?.id));
  await untilTold(intentId, { amountRefunded: 1000 });
}, 120_000);
