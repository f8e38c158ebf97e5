import { randomBytes } from 'node:crypto';
import { type NewIntent, PaymentsClient } from '@payments/client';
import { intentIdOf } from '@payments/domain';
import { createLogger, kafkaOptions } from '@payments/runtime';
import type { CommandSeen, CommandsSeen } from './command-table.js';
import { PaymentsApi } from './payments-api.js';
import type { DemoSettings } from './settings.js';

/** Clients for both paths. */
interface Senders {
  readonly api: PaymentsApi;
  readonly client: PaymentsClient;
}

interface Sent {
  readonly answer: string;
  /** Undefined if it was refused. */
  readonly commandId?: string | undefined;
}

/** A command, with its path and its expected result. */
interface Step extends Pick<CommandSeen, 'path' | 'what' | 'expected'> {
  readonly intentId: string;
  /** The command was sent before, so its outcome exists already. */
  readonly isRepetition?: boolean;
  readonly send: (senders: Senders) => Promise<Sent>;
}

const ACKNOWLEDGED = 'acknowledged';
/** The card brand's test number, which passes the check digit. */
const CARD_NUMBER = '4242424242424242';

/** After the gateway's answer: Stripe waits for a payment method, which these creations do not have. */
const OPENED = { outcome: 'DONE', code: '', payment: 'REQUIRES_PAYMENT_METHOD', version: 2 };
/** After the approval by PayPal's simulated payer. */
const APPROVED = { ...OPENED, payment: 'REQUIRES_CONFIRMATION', version: null };
/** After the payment by Razorpay's simulated customer: authorized, to be captured. */
const HELD = { ...OPENED, payment: 'REQUIRES_CAPTURE', version: null };
const REJECTED = { ...OPENED, outcome: 'REJECTED', code: 'INTENT_DIFFERS' };
const CANCELED = { ...OPENED, payment: 'CANCELED', version: 3 };
const NOTHING = { outcome: '', code: '', payment: '', version: 0 };

/** Sends the commands one after another and waits for the result of each. */
export async function runCommands(settings: DemoSettings): Promise<CommandsSeen> {
  const api = new PaymentsApi(settings);
  const client = await PaymentsClient.connect({
    ...kafkaOptions(settings),
    registryUrl: settings.SCHEMA_REGISTRY_URL,
    service: 'demo',
    logger: createLogger({ service: 'demo', level: 'fatal' }),
  });
  try {
    const { steps, repeatedOrderId } = plannedSteps(randomBytes(4).toString('hex'));
    const commands: CommandSeen[] = [];
    for (const step of steps) commands.push(await take(step, { api, client }));
    return { commands, paymentsOfRepeated: await api.paymentsOf(repeatedOrderId).catch(() => null) };
  } finally {
    await client.close();
  }
}

/** In this order. Commands of one payment share a partition, so the last outcome proves that all were processed. */
function plannedSteps(run: string): { steps: Step[]; repeatedOrderId: string } {
  const order = (name: string, gatewayProvider: NewIntent['gatewayProvider'], amount: number) => ({
    orderId: `demo-${run}-${name}`,
    customerId: `demo-${run}`,
    gatewayProvider,
    amount,
    currency: gatewayProvider === 'razorpay' ? 'INR' : 'EUR',
  });
  const first = order('first', 'stripe', 4_900);
  const canceled = order('fourth', 'stripe', 2_500);
  const card = { ...order('card', 'stripe', 4_900), metadata: { note: CARD_NUMBER } };
  const keyless = order('keyless', 'stripe', 4_900);
  const keyOfFirst = `demo-${run}-first`;
  let firstCommandId: string | undefined;
  const sendFirst: Step['send'] = async (senders) => {
    const sent = await overHttp(senders, '', first, { idempotencyKey: keyOfFirst });
    firstCommandId = sent.commandId;
    return sent;
  };
  const steps: Step[] = [
    { ...http('create', first, '202', OPENED), send: sendFirst },
    http('create', order('second', 'paypal', 12_000), '202', APPROVED),
    kafka('create', { ...order('third', 'razorpay', 99_900), captureMethod: 'manual' }, HELD),
    kafka('create', canceled, OPENED),
    { ...http('the first again', first, '202', OPENED), isRepetition: true, send: sendFirst },
    {
      ...kafka('the first again', first, OPENED),
      isRepetition: true,
      send: (senders) => overKafka(senders, first, firstCommandId),
    },
    kafka('the first, another amount', { ...first, amount: 5_000 }, REJECTED),
    http('create, with a card number', card, '422 Card number refused', NOTHING),
    {
      ...http('create, without API key', keyless, '401 API key refused', NOTHING),
      send: (senders) => overHttp(senders, '', keyless, { idempotencyKey: keyless.orderId, withKey: false }),
    },
    cancellation(canceled),
  ];
  return { steps, repeatedOrderId: first.orderId };
}

type Outcome = Omit<CommandSeen['expected'], 'answer'>;

function http(what: string, intent: NewIntent, answer: string, outcome: Outcome): Step {
  return {
    path: 'HTTP',
    what,
    expected: { answer, ...outcome },
    intentId: idOf(intent),
    send: (senders) => overHttp(senders, '', intent, { idempotencyKey: intent.orderId }),
  };
}

function kafka(what: string, intent: NewIntent, outcome: Outcome): Step {
  return {
    path: 'Kafka',
    what,
    expected: { answer: ACKNOWLEDGED, ...outcome },
    intentId: idOf(intent),
    send: (senders) => overKafka(senders, intent),
  };
}

function cancellation(intent: NewIntent): Step {
  const path = `/${idOf(intent)}/cancel`;
  const idempotencyKey = `${intent.orderId}-cancel`;
  return {
    ...http('cancel the fourth', intent, '202', CANCELED),
    send: (senders) => overHttp(senders, path, { reason: 'the demo is over' }, { idempotencyKey }),
  };
}

async function overHttp(
  { api }: Senders,
  path: string,
  body: object,
  options: Parameters<PaymentsApi['post']>[2],
): Promise<Sent> {
  const { status, body: answer } = await api.post(path, body, options);
  return { answer: `${status} ${answer.title ?? ''}`.trimEnd(), commandId: answer.commandId };
}

async function overKafka({ client }: Senders, intent: NewIntent, commandId?: string): Promise<Sent> {
  const sent = await client.createIntent(intent, commandId === undefined ? {} : { commandId });
  return { answer: ACKNOWLEDGED, commandId: sent.commandId };
}

/** A failure is reported in place of the answer, and the remaining commands are still sent. */
async function take(step: Step, senders: Senders): Promise<CommandSeen> {
  const { path, what, expected } = step;
  try {
    return { path, what, expected, ...(await takeThrough(step, senders)) };
  } catch (error) {
    const answer = `failed: ${error instanceof Error ? error.message : String(error)}`;
    return { path, what, expected, found: { answer, ...NOTHING }, committedMs: null };
  }
}

async function takeThrough(
  { intentId, expected, isRepetition = false, send }: Step,
  senders: Senders,
): Promise<Pick<CommandSeen, 'found' | 'committedMs'>> {
  const startedAt = performance.now();
  const { answer, commandId } = await send(senders);
  const decided = commandId === undefined ? undefined : await senders.api.untilDecided(commandId);
  const ms = performance.now() - startedAt;
  const payment = await senders.api.paymentOnce(intentId, expected.payment);
  const found = {
    answer,
    outcome: decided?.outcome ?? '',
    code: decided?.code ?? '',
    payment: payment?.status ?? '',
    version: payment?.version ?? 0,
  };
  return { found, committedMs: decided === undefined || isRepetition ? null : ms };
}

function idOf({ orderId, gatewayProvider }: NewIntent): string {
  return intentIdOf(orderId, gatewayProvider);
}
