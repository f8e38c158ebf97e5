import { setTimeout as delay } from 'node:timers/promises';
import { SimulatorControl } from '../simulator-control.js';
import { type GatewayStory, gatewayStories, type StoryEnd } from './gateway-stories.js';
import { type PaymentState, PaymentsApi, type TimelineEntry } from './payments-api.js';
import type { DemoSettings } from './settings.js';

const ENDED_MS_MAX = 60_000;
const POLL_EVERY_MS = 50;
/** Types of webhooks that report a capture. */
const TAKEN: ReadonlySet<string> = new Set([
  'payment_intent.succeeded',
  'PAYMENT.CAPTURE.COMPLETED',
  'payment.captured',
]);

/** A payment that was made at simulated gateways. */
export interface GatewayPayment {
  readonly story: GatewayStory;
  readonly found: StoryEnd;
  readonly timeline: readonly TimelineEntry[];
  /** Error of the demo itself; null if there was none. */
  readonly failure: string | null;
}

type Settings = Pick<DemoSettings, 'INGRESS_URL' | 'QUERY_URL' | 'PAYMENTS_API_KEY' | 'SIMULATOR_URL'>;

/** Makes one payment for each story. Those with a fault come last and one by one, so that it affects no other. */
export async function runGatewayPayments(settings: Settings): Promise<GatewayPayment[]> {
  const api = new PaymentsApi(settings);
  const simulator = new SimulatorControl(settings.SIMULATOR_URL.replace(/\/$/, ''));
  const stories = gatewayStories();
  const orderly = stories.filter(({ fault }) => fault === null);
  const payments = await Promise.all(orderly.map((story) => runStory(story, api, simulator)));
  for (const story of stories.filter(({ fault }) => fault !== null)) {
    payments.push(await runStory(story, api, simulator));
  }
  return payments;
}

const NOTHING: StoryEnd = { status: '', captured: 0, refunded: 0, charges: 0, refunds: 0, paidAt: null };

async function runStory(
  story: GatewayStory,
  api: PaymentsApi,
  simulator: SimulatorControl,
): Promise<GatewayPayment> {
  const fault = story.fault === null ? null : await simulator.addFault(story.fault);
  try {
    await command(story, api);
    const { payment, timeline } = await untilEnded(story, api);
    return { story, found: await foundOf(story, payment, simulator), timeline, failure: null };
  } catch (error) {
    const failure = error instanceof Error ? error.message : String(error);
    return { story, found: NOTHING, timeline: [], failure };
  } finally {
    if (fault !== null) await simulator.removeFault(fault.id);
  }
}

async function command({ intentId, creation, steps }: GatewayStory, api: PaymentsApi): Promise<void> {
  await accepted(api, '', creation, intentId);
  for (const [index, { at, path, body }] of steps.entries()) {
    await api.paymentOnce(intentId, at);
    await accepted(api, `/${intentId}${path}`, body, `${intentId}-${index}`);
  }
}

async function accepted(api: PaymentsApi, path: string, body: object, idempotencyKey: string): Promise<void> {
  const { status, body: answer } = await api.post(path, body, { idempotencyKey });
  if (status !== 202) throw new Error(`POST ${path} was answered with ${status} ${answer.title ?? ''}`);
}

/** Waits until the payment has its expected end and no call is open, at most for `ENDED_MS_MAX`. */
async function untilEnded(
  { intentId, end }: GatewayStory,
  api: PaymentsApi,
): Promise<{ payment: PaymentState | undefined; timeline: readonly TimelineEntry[] }> {
  for (const endAt = performance.now() + ENDED_MS_MAX; ; ) {
    const [payment, timeline] = await Promise.all([api.payment(intentId), api.timeline(intentId)]);
    const isReached = payment?.status === end.status && payment.amountRefunded === end.refunded;
    const isTold = end.paidAt === null || timeline.some(tellsOfMoney);
    if ((isReached && isTold && !timeline.some(isOpen)) || performance.now() > endAt) {
      return { payment, timeline };
    }
    await delay(POLL_EVERY_MS);
  }
}

function tellsOfMoney(entry: TimelineEntry): boolean {
  return entry.kind === 'webhook' && TAKEN.has(entry.eventType);
}

function isOpen(entry: TimelineEntry): boolean {
  return entry.kind === 'gateway_attempt' && entry.finishedAt === null;
}

async function foundOf(
  { intentId }: GatewayStory,
  payment: PaymentState | undefined,
  simulator: SimulatorControl,
): Promise<StoryEnd> {
  const [books] = await simulator.ledger(intentId);
  return {
    status: payment?.status ?? '',
    captured: payment?.amountCaptured ?? 0,
    refunded: payment?.amountRefunded ?? 0,
    charges: books?.chargeCount ?? 0,
    refunds: books?.refundCount ?? 0,
    paidAt: books?.objects.find(({ charges }) => charges.length > 0)?.provider ?? null,
  };
}
