import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import type { PaymentsClient } from '@payments/client';
import type { Database } from '@payments/persistence';
import { nextSteps, type Taken } from './next-steps.js';
import type { Checkout, Step } from './plan.js';
import { type Progress, readProgress } from './progress.js';

const LOOK_EVERY_MS = 100;
/** Checkouts that begin at one look, so that they do not all come at once. */
const BEGUN_AT_ONCE = 4;

export interface DriveOptions {
  readonly client: PaymentsClient;
  readonly database: Pick<Database, 'primary'>;
  /** Checkouts that go on at the same time. */
  readonly concurrently: number;
  /** How long a checkout is waited for before it is given up, in milliseconds. */
  readonly patienceMs: number;
  readonly onLook: (driven: Driven) => void;
}

/** What became of a checkout, as far as the shop knows. */
export interface Ended {
  readonly checkout: Checkout;
  readonly progress: Progress | undefined;
  /** From its creation being sent until nothing more was to come; null: that never happened. */
  readonly settledMs: number | null;
}

export interface Driven {
  readonly begun: number;
  readonly ended: readonly Ended[];
}

interface UnderWay {
  readonly checkout: Checkout;
  readonly beganAt: number;
  taken: Taken;
}

/** Plays the shop: begins one checkout after the other and takes each further as its payment allows. */
export async function driveCheckouts(
  checkouts: readonly Checkout[],
  options: DriveOptions,
): Promise<Ended[]> {
  const { client, database, concurrently, patienceMs, onLook } = options;
  let underWay: UnderWay[] = [];
  const ended: Ended[] = [];
  let begun = 0;
  do {
    const room = Math.max(0, Math.min(BEGUN_AT_ONCE, concurrently - underWay.length));
    const beginning = checkouts.slice(begun, begun + room);
    begun += beginning.length;
    underWay.push(...(await Promise.all(beginning.map((checkout) => begin(client, checkout)))));
    const progress = await readProgress(
      database,
      underWay.map(({ checkout }) => checkout.intentId),
    );
    const still: UnderWay[] = [];
    for (const one of underWay) {
      const end = await takeFurther(client, one, progress.get(one.checkout.intentId), patienceMs);
      if (end === null) still.push(one);
      else ended.push(end);
    }
    underWay = still;
    onLook({ begun, ended });
    await delay(LOOK_EVERY_MS);
  } while (underWay.length > 0 || begun < checkouts.length);
  return ended;
}

async function begin(client: PaymentsClient, checkout: Checkout): Promise<UnderWay> {
  const { orderId, provider, amount, captureMethod, paymentMethodToken, fallback } = checkout;
  const beganAt = performance.now();
  await client.createIntent({
    orderId,
    customerId: `customer-of-${orderId}`,
    gatewayProvider: provider,
    captureMethod,
    amount: Number(amount.amountMinor),
    currency: amount.currency,
    // At Razorpay it is the customer who confirms, by paying.
    confirm: provider !== 'razorpay',
    ...(paymentMethodToken !== null && { paymentMethodToken }),
    ...(fallback !== null && { fallbacks: [fallbackTo(fallback)] }),
  });
  return { checkout, beganAt, taken: { commands: 1, steps: 0 } };
}

function fallbackTo(gatewayProvider: Checkout['provider']) {
  return { gatewayProvider, ...(gatewayProvider === 'stripe' && { paymentMethodToken: 'pm_card_visa' }) };
}

/** @returns null while there is more to come */
async function takeFurther(
  client: PaymentsClient,
  one: UnderWay,
  progress: Progress | undefined,
  patienceMs: number,
): Promise<Ended | null> {
  const { checkout, beganAt, taken } = one;
  const elapsedMs = performance.now() - beganAt;
  const isGivenUp = elapsedMs > patienceMs;
  if (progress !== undefined) {
    const next = nextSteps(checkout, taken, progress);
    if (next.isSettled) return { checkout, progress, settledMs: elapsedMs };
    if (progress.inReview !== null) return { checkout, progress, settledMs: null };
    if (!isGivenUp) for (const step of next.due) await send(client, checkout, step);
    one.taken = next.taken;
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
