import { randomBytes } from 'node:crypto';
import { type GatewayProvider, intentIdOf } from '@payments/domain';
import type { FaultRule } from '@payments/simulator';

/** The end of a payment. Amounts in minor units. */
export interface StoryEnd {
  readonly status: string;
  readonly captured: number;
  readonly refunded: number;
  /** In the gateway's own ledger. */
  readonly charges: number;
  readonly refunds: number;
  /** The gateway that charged; null if none did. */
  readonly paidAt: GatewayProvider | null;
}

/** A payment that demonstrates one feature. */
export interface GatewayStory {
  readonly title: string;
  readonly intentId: string;
  readonly creation: Readonly<Record<string, unknown>> & { readonly gatewayProvider: GatewayProvider };
  /** The fault of the simulated gateway, if any. */
  readonly fault: (Partial<FaultRule> & Pick<FaultRule, 'kind' | 'times'>) | null;
  /** Further commands, each sent once the payment has the status `at`. */
  readonly steps: readonly { readonly at: string; readonly path: string; readonly body: object }[];
  readonly end: StoryEnd;
  /** Whether the outcome of one of its calls must have been unknown for a while. */
  readonly isUnknownMeanwhile: boolean;
}

const AMOUNT = 12_000;
const CAPTURED = 8_000;
const REFUNDS = [3_000, 1_500] as const;
const CARD = 'pm_card_visa';
/** All tries of a call: then it fails over. */
const TRIES = 4;

/** Distinct payments in every run. */
export function gatewayStories(): GatewayStory[] {
  const run = randomBytes(4).toString('hex');
  const story = (name: string, provider: GatewayProvider, said: Partial<GatewayStory> = {}): GatewayStory => {
    const orderId = `demo-${run}-${name}`;
    return {
      title: name,
      intentId: intentIdOf(orderId, provider),
      fault: null,
      steps: [],
      isUnknownMeanwhile: false,
      end: paid(AMOUNT, provider),
      ...said,
      creation: {
        orderId,
        customerId: `demo-${run}-gateways`,
        gatewayProvider: provider,
        amount: AMOUNT,
        currency: provider === 'razorpay' ? 'INR' : 'EUR',
        // At Razorpay the customer confirms by paying.
        confirm: provider !== 'razorpay',
        ...(provider === 'stripe' && { paymentMethodToken: CARD }),
        ...said.creation,
      },
    };
  };
  const at = (gatewayProvider: GatewayProvider, said: object) => ({ gatewayProvider, ...said });
  return [
    story('stripe', 'stripe', { title: 'Stripe: the card is charged' }),
    story('paypal', 'paypal', { title: 'PayPal: the payer approves, then the order is captured' }),
    story('razorpay', 'razorpay', {
      title: 'Razorpay: the customer pays at its checkout, and its webhook tells of it',
    }),
    story('partial', 'stripe', {
      title: 'Stripe: 80.00 of the 120.00 that are held are captured, and given back in two parts',
      creation: at('stripe', { captureMethod: 'manual' }),
      steps: [
        { at: 'REQUIRES_CAPTURE', path: '/capture', body: { amount: CAPTURED } },
        ...REFUNDS.map((amount) => ({ at: 'SUCCEEDED', path: '/refunds', body: { amount } })),
      ],
      end: { ...paid(CAPTURED, 'stripe'), refunded: REFUNDS[0] + REFUNDS[1], refunds: REFUNDS.length },
    }),
    story('declined', 'stripe', {
      title: 'Stripe: the card is declined; nobody tries elsewhere, another card may be tried',
      creation: at('stripe', { paymentMethodToken: 'pm_card_chargeDeclined' }),
      end: { ...UNPAID, status: 'REQUIRES_PAYMENT_METHOD' },
    }),
    story('unknown', 'stripe', {
      title: 'Stripe charges the card, but its answer is lost: nothing is sent again, Stripe is asked',
      fault: { provider: 'stripe', operation: 'payment_intents.confirm', kind: 'drop_reply', times: 1 },
      isUnknownMeanwhile: true,
    }),
    story('failed over', 'stripe', {
      title: 'Stripe refuses each try with 429, so that nothing can have happened there: PayPal is asked',
      creation: at('stripe', { fallbacks: [{ gatewayProvider: 'paypal' }] }),
      fault: {
        provider: 'stripe',
        operation: 'payment_intents.create',
        kind: 'rate_limit',
        retryAfterS: 0,
        times: TRIES,
      },
      end: paid(AMOUNT, 'paypal'),
    }),
  ];
}

const UNPAID = { captured: 0, refunded: 0, charges: 0, refunds: 0, paidAt: null };

function paid(captured: number, paidAt: GatewayProvider): StoryEnd {
  return { status: 'SUCCEEDED', captured, refunded: 0, charges: 1, refunds: 0, paidAt };
}
