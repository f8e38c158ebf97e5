import type { GatewayProvider } from '@payments/domain';
import { gatewayCoin } from '../gateway-amounts.js';
import type { Random } from '../random.js';
import type { PayPalIds } from '../webhooks/paypal.js';
import type { RazorpayIds } from '../webhooks/razorpay.js';
import type { SimulatedWebhook } from '../webhooks/simulated-webhook.js';
import type { StripeIds } from '../webhooks/stripe.js';
import { type PaymentEnd, paymentEnd } from './end.js';
import { PAYMENT_OUTCOMES, type PaymentOutcome, type Step } from './outcomes.js';
import { paypalTeller } from './paypal-history.js';
import { razorpayTeller } from './razorpay-history.js';
import { stripeTeller } from './stripe-history.js';
import { type Moment, tell } from './telling.js';

export interface PaymentHistoryOptions {
  readonly intentId: string;
  /** ISO 4217 minor units, of which the gateway can say every hundredth part that the outcome names. */
  readonly amount: number;
  /** ISO 4217, in capitals. */
  readonly currency: string;
  readonly outcome: PaymentOutcome;
  /** When it begins, milliseconds of the epoch. */
  readonly atMs: number;
  /** The same numbers give the same history, byte for byte. */
  readonly random: Random;
  readonly orderReference?: string | undefined;
  /** PayPal's; v2 by default. */
  readonly shape?: 'v1' | 'v2' | undefined;
}

export interface PaymentHistory {
  readonly provider: GatewayProvider;
  /** The leg's object: payment intent, PayPal order (v1: payment), Razorpay order. */
  readonly gatewayObjectId: string;
  /** In the order in which they happened; nobody has to deliver them so. */
  readonly webhooks: readonly SimulatedWebhook<StripeIds | PayPalIds | RazorpayIds>[];
  readonly end: PaymentEnd;
}

/** Between two steps pass so many seconds at most; often none, as gateways stamp to the second. */
const STEP_SECONDS_MAX = 3;

const RAZORPAY_TELLS_NONE_OF: readonly PaymentOutcome[] = ['pending', 'canceled', 'voided'];

/** The outcomes that a gateway has webhooks for. Razorpay cannot capture a part, nor say that an order lapsed. */
export function outcomesOf(provider: GatewayProvider, shape: 'v1' | 'v2' = 'v2'): PaymentOutcome[] {
  const all = Object.keys(PAYMENT_OUTCOMES) as PaymentOutcome[];
  const isTold = {
    stripe: () => true,
    paypal: (outcome: PaymentOutcome) => shape === 'v2' || outcome !== 'canceled',
    razorpay: (outcome: PaymentOutcome) =>
      !RAZORPAY_TELLS_NONE_OF.includes(outcome) && outcome !== 'authorized-then-partly-captured',
  }[provider];
  return all.filter(isTold);
}

/**
 * The life of one payment as its gateway tells it, with the ids of its objects woven together, and what has to
 * be known of it in the end.
 * @throws RangeError if the gateway has no webhooks for the outcome, or cannot say the amount
 */
export function paymentHistory(provider: GatewayProvider, options: PaymentHistoryOptions): PaymentHistory {
  const { outcome, random, amount, currency, intentId, orderReference, shape = 'v2' } = options;
  if (!outcomesOf(provider, shape).includes(outcome)) {
    throw new RangeError(`${provider} sends no webhooks for ${outcome}`);
  }
  const partOf = partsOf(provider, amount, currency);
  let atMs = options.atMs;
  const momentOf = (): Moment => {
    atMs += 1000 * Math.floor(random() * (STEP_SECONDS_MAX + 1));
    const reference = orderReference === undefined ? {} : { orderReference };
    return { common: { atMs, amount, currency, intentId, random, ...reference }, partOf };
  };
  const steps: readonly Step[] = PAYMENT_OUTCOMES[outcome];
  const { gatewayObjectId, webhooks } = TELLERS[provider](steps, momentOf, { random, outcome, shape });
  return { provider, gatewayObjectId, webhooks, end: paymentEnd(provider, outcome, partOf) };
}

type Tell = (
  steps: readonly Step[],
  momentOf: () => Moment,
  options: { readonly random: Random; readonly outcome: PaymentOutcome; readonly shape: 'v1' | 'v2' },
) => Pick<PaymentHistory, 'gatewayObjectId' | 'webhooks'>;

const TELLERS = {
  stripe: (steps, momentOf, { random, outcome }) => {
    const { gatewayObjectId, teller } = stripeTeller(random, outcome);
    return { gatewayObjectId, webhooks: steps.flatMap((step) => tell(teller, step, momentOf())) };
  },
  paypal: (steps, momentOf, { random, outcome, shape }) => {
    const { gatewayObjectId, teller } = paypalTeller(random, outcome, shape);
    return { gatewayObjectId, webhooks: steps.flatMap((step) => tell(teller, step, momentOf())) };
  },
  razorpay: (steps, momentOf, { random }) => {
    const { gatewayObjectId, teller } = razorpayTeller(random);
    return { gatewayObjectId, webhooks: steps.flatMap((step) => tell(teller, step, momentOf())) };
  },
} as const satisfies Record<GatewayProvider, Tell>;

/** Hundredths of the amount, rounded down to what the gateway can say; never nothing. */
function partsOf(provider: GatewayProvider, amount: number, currency: string): (share: number) => number {
  const coin = gatewayCoin(provider, currency);
  return (share) =>
    share === 100 ? amount : Math.max(coin, Math.floor((amount * share) / 100 / coin) * coin);
}
