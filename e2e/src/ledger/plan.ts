import {
  type CaptureMethod,
  type GatewayProvider,
  type IntentId,
  intentIdOf,
  type Money,
} from '@payments/domain';
import type { NewPaymentRow } from '@payments/persistence';
import {
  outcomesOf,
  type PaymentHistory,
  type PaymentOutcome,
  paymentHistory,
  type Random,
  seededRandom,
} from '@payments/simulator';

export interface PlanOptions {
  readonly seed: number;
  readonly payments: number;
  /** Number of distinct webhooks of all payments; met as closely as complete histories allow. */
  readonly webhooks: number;
}

/** A payment of the plan. */
export interface PlannedPayment {
  readonly provider: GatewayProvider;
  readonly outcome: PaymentOutcome;
  readonly orderId: string;
  readonly intentId: IntentId;
  readonly amount: Money;
  readonly captureMethod: CaptureMethod;
}

interface Story {
  readonly provider: GatewayProvider;
  readonly shape: 'v1' | 'v2';
  readonly outcome: PaymentOutcome;
  readonly webhooks: number;
}

/** In turn. PayPal least often, because its signatures cost the sender most of the time. */
const GATEWAYS_IN_TURN = ['stripe', 'razorpay', 'paypal', 'stripe', 'razorpay'] as const;
const CURRENCIES = { stripe: 'EUR', paypal: 'USD', razorpay: 'INR' } as const;
/** The gateway's time at which the first payment begins; each begins a second after the one before. */
const BEGINS_AT = Date.parse('2026-03-01T12:00:00Z');
/** Stories drawn for each payment, of which the one is used that best approaches the number of webhooks. */
const STORIES_DRAWN = 3;
const KNOWN_BY_OUR_ID_ALONE_EVERY = 4;

/**
 * Payments and their webhooks, generated from a seed. It stores one byte for each payment, and generates the same
 * history whenever it is requested.
 */
export class LedgerPlan {
  readonly seed: number;
  readonly payments: number;
  /** Distinct webhooks of all payments. */
  readonly webhooks: number;
  readonly #stories: Uint8Array;

  constructor({ seed, payments, webhooks }: PlanOptions) {
    this.seed = seed;
    this.payments = payments;
    this.#stories = new Uint8Array(payments);
    const random = seededRandom(seed);
    let planned = 0;
    for (let index = 0; index < payments; index += 1) {
      const story = nextStory(index, ((index + 1) * webhooks) / payments - planned, random);
      this.#stories[index] = story;
      planned += STORIES[story]?.webhooks ?? 0;
    }
    this.webhooks = planned;
  }

  payment(index: number): PlannedPayment {
    const { provider, outcome } = this.#storyOf(index);
    const orderId = `ledger-${this.seed}-${index}`;
    return {
      provider,
      outcome,
      orderId,
      intentId: intentIdOf(orderId, provider),
      // Various amounts, divisible into the parts of all outcomes.
      amount: { amountMinor: BigInt(1_000 + 100 * (index % 997)), currency: CURRENCIES[provider] },
      captureMethod: outcome.startsWith('authorized') || outcome === 'voided' ? 'manual' : 'automatic',
    };
  }

  history(index: number): PaymentHistory {
    const { provider, shape, outcome } = this.#storyOf(index);
    const { intentId, amount } = this.payment(index);
    return paymentHistory(provider, {
      intentId,
      outcome,
      shape,
      currency: amount.currency,
      amount: Number(amount.amountMinor),
      atMs: BEGINS_AT + 1000 * index,
      random: seededRandom(Math.imul(this.seed, 0x9e3779b1) + index + 1),
    });
  }

  /** The row of the payment as created; some do not have their gateway's object id yet. */
  creation(index: number): NewPaymentRow {
    const { provider, orderId, amount, captureMethod } = this.payment(index);
    const isKnownToGateway = index % KNOWN_BY_OUR_ID_ALONE_EVERY !== 0;
    return {
      provider,
      orderId,
      amount,
      captureMethod,
      customerId: `customer-${index % 1000}`,
      ...(isKnownToGateway && { gatewayObjectId: this.history(index).gatewayObjectId }),
    };
  }

  #storyOf(index: number): Story {
    const story = STORIES[this.#stories[index] ?? -1];
    if (story === undefined) throw new RangeError(`the plan has no payment ${index}`);
    return story;
  }
}

/** Every history that a gateway can produce, with the number of its webhooks. */
const STORIES: readonly Story[] = [
  ...storiesOf('stripe', 'v2'),
  ...storiesOf('paypal', 'v2'),
  ...storiesOf('paypal', 'v1'),
  ...storiesOf('razorpay', 'v2'),
];

function storiesOf(provider: GatewayProvider, shape: 'v1' | 'v2'): Story[] {
  return outcomesOf(provider, shape).map((outcome) => {
    const { webhooks } = paymentHistory(provider, {
      outcome,
      shape,
      currency: CURRENCIES[provider],
      amount: 1_000,
      atMs: BEGINS_AT,
      intentId: intentIdOf('any', provider),
      random: seededRandom(0),
    });
    return { provider, shape, outcome, webhooks: webhooks.length };
  });
}

/** @param wanted number of webhooks that the payment should have, to approach the plan's total */
function nextStory(index: number, wanted: number, random: Random): number {
  const provider = GATEWAYS_IN_TURN[index % GATEWAYS_IN_TURN.length];
  const ofGateway = STORIES.flatMap((story, number) => (story.provider === provider ? [number] : []));
  let best = -1;
  for (let draw = 0; draw < STORIES_DRAWN; draw += 1) {
    const drawn = ofGateway[Math.floor(random() * ofGateway.length)] ?? 0;
    if (best === -1 || distance(drawn, wanted) < distance(best, wanted)) best = drawn;
  }
  return best;
}

function distance(story: number, wanted: number): number {
  return Math.abs((STORIES[story]?.webhooks ?? 0) - wanted);
}
