import {
  type CaptureMethod,
  type GatewayProvider,
  type IntentId,
  type IntentStatus,
  intentIdOf,
  type Money,
} from '@payments/domain';
import { type Random, seededRandom } from '@payments/simulator';

/** A command after the creation, sent once the payment has the status for it. Amounts in minor units. */
export type Step =
  | { readonly type: 'confirm'; readonly paymentMethodToken: string }
  | { readonly type: 'capture' | 'refund'; readonly amount: number }
  | { readonly type: 'cancel' };

/** A payment to be made, with its further commands. */
export interface Checkout {
  readonly story: Story;
  readonly provider: GatewayProvider;
  readonly orderId: string;
  readonly intentId: IntentId;
  readonly amount: Money;
  readonly captureMethod: CaptureMethod;
  readonly paymentMethodToken: string | null;
  /** The gateway for failover; null for none. */
  readonly fallback: GatewayProvider | null;
  readonly steps: readonly Step[];
}

/** The status in which a payment's step is sent. */
export const SENT_IN_STATUS = {
  confirm: 'REQUIRES_PAYMENT_METHOD',
  capture: 'REQUIRES_CAPTURE',
  cancel: 'REQUIRES_CAPTURE',
  refund: 'SUCCEEDED',
} as const satisfies Record<Step['type'], IntentStatus>;

const GOOD_CARD = 'pm_card_visa';
const BAD_CARD = 'pm_card_chargeDeclined';

interface Shape {
  readonly captureMethod: CaptureMethod;
  readonly token?: string;
  readonly steps: (amount: number) => readonly Step[];
}

/** Refunds of one payment have different amounts, so that they can be distinguished. */
const refunds = (amount: number): Step[] => [
  { type: 'refund', amount: amount / 4 },
  { type: 'refund', amount: amount / 2 },
];

const SHAPES = {
  paid: { captureMethod: 'automatic', steps: () => [] },
  refunded: { captureMethod: 'automatic', steps: (amount) => [{ type: 'refund', amount }] },
  'refunded in parts': { captureMethod: 'automatic', steps: refunds },
  captured: { captureMethod: 'manual', steps: (amount) => [{ type: 'capture', amount }] },
  'captured, refunded': {
    captureMethod: 'manual',
    steps: (amount) => [{ type: 'capture', amount }, ...refunds(amount)],
  },
  'captured in part, refunded': {
    captureMethod: 'manual',
    steps: (amount) => [{ type: 'capture', amount: amount / 2 }, ...refunds(amount / 2)],
  },
  'let go': { captureMethod: 'manual', steps: () => [{ type: 'cancel' }] },
  'declined, then paid': {
    captureMethod: 'automatic',
    token: BAD_CARD,
    steps: () => [{ type: 'confirm', paymentMethodToken: GOOD_CARD }],
  },
} as const satisfies Record<string, Shape>;

export type Story = keyof typeof SHAPES;

/** The stories that each gateway allows. Many have refunds, since each of these could be made twice by mistake. */
const STORIES: Readonly<Record<GatewayProvider, readonly Story[]>> = {
  stripe: [
    ...([
      'paid',
      'refunded',
      'refunded in parts',
      'captured, refunded',
      'captured in part, refunded',
    ] as const),
    ...(['let go', 'declined, then paid'] as const),
  ],
  paypal: [
    ...([
      'paid',
      'refunded',
      'refunded in parts',
      'captured, refunded',
      'captured in part, refunded',
    ] as const),
    'let go',
  ],
  razorpay: ['paid', 'refunded', 'refunded in parts', 'captured', 'captured, refunded'],
};

const IN_TURN: readonly GatewayProvider[] = ['stripe', 'paypal', 'razorpay'];
const CURRENCIES = { stripe: 'EUR', paypal: 'EUR', razorpay: 'INR' } as const;
/** Share of checkouts with a fallback, of those at Stripe and PayPal, which can replace each other. */
const FALLBACK_SHARE = 0.5;
const FALLBACKS: Readonly<Partial<Record<GatewayProvider, GatewayProvider>>> = {
  stripe: 'paypal',
  paypal: 'stripe',
};

/** Checkouts at the three gateways in turn; equal seeds yield equal checkouts. */
export function planCheckouts(count: number, seed: number): Checkout[] {
  const random = seededRandom(seed);
  return Array.from({ length: count }, (_, index) => planned(index, seed, random));
}

function planned(index: number, seed: number, random: Random): Checkout {
  const provider = IN_TURN[index % IN_TURN.length] ?? 'stripe';
  const stories = STORIES[provider];
  const story = stories[Math.floor(random() * stories.length)] ?? 'paid';
  const shape: Shape = SHAPES[story];
  // Divisible by 8, since stories capture a half and refund a half and a quarter of that.
  const amount = 800 + 8 * Math.floor(random() * 1_000);
  const orderId = `checkout-${seed}-${index}`;
  return {
    story,
    provider,
    orderId,
    intentId: intentIdOf(orderId, provider),
    amount: { amountMinor: BigInt(amount), currency: CURRENCIES[provider] },
    captureMethod: shape.captureMethod,
    paymentMethodToken: provider === 'stripe' ? (shape.token ?? GOOD_CARD) : null,
    fallback: random() < FALLBACK_SHARE ? (FALLBACKS[provider] ?? null) : null,
    steps: shape.steps(amount),
  };
}
