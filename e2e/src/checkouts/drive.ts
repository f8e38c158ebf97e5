import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import type { PaymentsClient } from '@payments/client';
import type { Database } from '@payments/persistence';
import { nextSteps, type Sent } from './next-steps.js';
import type { Checkout, Step } from './plan.js';
import { type Progress, readProgress } from './progress.js';

const POLL_EVERY_MS = 100;
/** Limit of checkouts that begin in one round, so that they do not all come at once. */
const BEGUN_AT_ONCE = 4;

export interface DriveOptions {
  readonly client: PaymentsClient;
  readonly database: Pick<Database, 'primary'>;
  /** Limit of concurrent checkouts. */
  readonly concurrently: number;
  /** After this many milliseconds a checkout is given up. */
  readonly giveUpMs: number;
  readonly onProgress: (driven: Driven) => void;
}

/** The end of a checkout, as far as the shop knows. */
export interface Ended {
  readonly checkout: Checkout;
  readonly progress: Progress | undefined;
  /** From sending its creation until nothing was left to do; null if that was not reached. */
  readonly settledMs: number | null;
}

export interface Driven {
  readonly begun: number;
  readonly ended: readonly Ended[];
}

interface Running {
  readonly checkout: Checkout;
  readonly beganAt: number;
  sent: Sent;
}

/** Plays the shop: begins the checkouts one after another, and sends the next steps of each as its payment allows. */
export async function driveCheckouts(
  checkouts: readonly Checkout[],
  options: DriveOptions,
): Promise<Ended[]> {
  const { client, database, concurrently, giveUpMs, onProgress } = options;
  let running: Running[] = [];
  const ended: Ended[] = [];
  let begun = 0;
  do {
    const room = Math.max(0, Math.min(BEGUN_AT_ONCE, concurrently - running.length));
    const beginning = checkouts.slice(begun, begun + room);
    begun += beginning.length;
    running.push(...(await Promise.all(beginning.map((checkout) => begin(client, checkout)))));
    const progress = await readProgress(
      database,
      running.map(({ checkout }) => checkout.intentId),
    );
    const still: Running[] = [];
    for (const one of running) {
      const end = await advance(client, one, progress.get(one.checkout.intentId), giveUpMs);
      if (end === null) still.push(one);
      else ended.push(end);
    }
    running = still;
    onProgress({ begun, ended });
    await delay(POLL_EVERY_MS);
  } while (running.length > 0 || begun < checkouts.length);
  return ended;
}

async function begin(client: PaymentsClient, checkout: Checkout): Promise<Running> {
  const { orderId, provider, amount, captureMethod, paymentMethodToken, fallback } = checkout;
  const beganAt = performance.now();
  await client.createIntent({
    orderId,
    customerId: `customer-of-${orderId}`,
    gatewayProvider: provider,
    captureMethod,
    amount: Number(amount.amountMinor),
    currency: amount.currency,
    // At Razorpay the customer confirms by paying.
    confirm: provider !== 'razorpay',
    ...(paymentMethodToken !== null && { paymentMethodToken }),
    ...(fallback !== null && { fallbacks: [fallbackTo(fallback)] }),
  });
  return { checkout, beganAt, sent: { commands: 1, steps: 0 } };
}

function fallbackTo(gatewayProvider: Checkout['provider']) {
  return { gatewayProvider, ...(gatewayProvider === 'stripe' && { paymentMethodToken: 'pm_card_visa' }) };
}

/** Sends the steps that are due. @returns null while the checkout has not ended */
async function advance(
  client: PaymentsClient,
  one: Running,
  progress: Progress | undefined,
  giveUpMs: number,
): Promise<Ended | null> {
  const { checkout, beganAt, sent } = one;
  const elapsedMs = performance.now() - beganAt;
  const isGivenUp = elapsedMs > giveUpMs;
  if (progress !== undefined) {
    const next = nextSteps(checkout, sent, progress);
    if (next.isSettled) return { checkout, progress, settledMs: elapsedMs };
    if (progress.inReview !== null) return { checkout, progress, settledMs: null };
    if (!isGivenUp) for (const step of next.due) await send(client, checkout, step);
    one.sent = next.sent;
  }
  return isGivenUp ? { checkout, progress, settledMs: null } : null;
}

async function send(client: PaymentsClient, { intentId }: Checkout, step: Step): Promise<void> {
  switch (step.type) {
    case 'confirm':
      await client.confirm(intentId, { paymentMethodToken: step.paymentMethodToken });
      return;
    case 'capture':
      await client.capture(intentId, { amount: step.amount });
      return;
    case 'refund':
      await client.refund(intentId, { commandId: randomUUID(), amount: step.amount });
      return;
    case 'cancel':
      await client.cancel(intentId);
  }
}
