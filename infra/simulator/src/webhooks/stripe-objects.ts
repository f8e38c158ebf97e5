import { stripeId } from '../gateway-ids.js';

export interface StripeIds {
  readonly eventId: string;
  readonly paymentIntentId: string;
  readonly chargeId: string;
  readonly refundId: string;
  readonly disputeId: string;
}

export type StripeObjectKind = 'payment_intent' | 'charge' | 'refund' | 'dispute' | 'customer';

/** What an object is made of: amounts in the sub-units that Stripe counts in, times in seconds. */
export interface StripeFacts extends StripeIds {
  readonly status: string;
  readonly created: number;
  readonly amount: number;
  readonly amountReceived: number;
  readonly amountRefunded: number;
  /** ISO 4217, as the object writes it. */
  readonly currency: string;
  readonly metadata: Readonly<Record<string, string>>;
  readonly captureMethod: 'automatic' | 'manual';
  readonly hasCharge: boolean;
  readonly hasFailed: boolean;
  readonly isRelease: boolean;
}

/** An event around an object. @see https://docs.stripe.com/api/events/object */
export function stripeEvent({ id, type, created, object }: StripeEventParts) {
  return {
    id,
    object: 'event',
    api_version: '2024-06-20',
    created,
    data: { object },
    livemode: false,
    pending_webhooks: 1,
    request: { id: null, idempotency_key: null },
    type,
  } as const;
}

export interface StripeEventParts {
  readonly id: string;
  readonly type: string;
  /** Seconds of the epoch. */
  readonly created: number;
  readonly object: object;
}

const DECLINED = {
  type: 'card_error',
  code: 'card_declined',
  decline_code: 'insufficient_funds',
  message: 'Your card has insufficient funds.',
};

/** The objects of Stripe's API, as answers and events carry them. */
export const STRIPE_OBJECTS = {
  payment_intent: (facts: StripeFacts) => ({
    id: facts.paymentIntentId,
    object: 'payment_intent',
    amount: facts.amount,
    amount_capturable: facts.status === 'requires_capture' ? facts.amount : 0,
    amount_received: facts.amountReceived,
    canceled_at: facts.status === 'canceled' ? facts.created : null,
    cancellation_reason: facts.status === 'canceled' ? 'requested_by_customer' : null,
    capture_method: facts.captureMethod,
    client_secret: null,
    confirmation_method: 'automatic',
    created: facts.created,
    currency: facts.currency,
    customer: null,
    description: null,
    last_payment_error: facts.hasFailed ? DECLINED : null,
    latest_charge: facts.hasCharge ? facts.chargeId : null,
    livemode: false,
    metadata: facts.metadata,
    next_action:
      facts.status === 'requires_action'
        ? {
            type: 'redirect_to_url',
            redirect_to_url: { url: 'https://hooks.stripe.com/redirect', return_url: null },
          }
        : null,
    payment_method_types: ['card'],
    status: facts.status,
  }),
  charge: (facts: StripeFacts) => ({
    id: facts.chargeId,
    object: 'charge',
    amount: facts.amount,
    amount_captured: facts.amountReceived,
    amount_refunded: facts.amountRefunded,
    captured: facts.amountReceived > 0,
    created: facts.created,
    currency: facts.currency,
    disputed: false,
    livemode: false,
    metadata: facts.metadata,
    paid: facts.status === 'succeeded',
    payment_intent: facts.paymentIntentId,
    refunded: facts.amountRefunded >= facts.amount,
    status: facts.status,
  }),
  refund: (facts: StripeFacts) => ({
    id: facts.refundId,
    object: 'refund',
    amount: facts.amount,
    balance_transaction: facts.isRelease ? null : `txn_${facts.refundId.slice('re_'.length)}`,
    charge: facts.chargeId,
    created: facts.created,
    currency: facts.currency,
    ...(facts.status === 'failed' ? { failure_reason: 'lost_or_stolen_card' } : {}),
    metadata: facts.metadata,
    payment_intent: facts.paymentIntentId,
    reason: facts.isRelease ? null : 'requested_by_customer',
    status: facts.status,
  }),
  dispute: (facts: StripeFacts) => ({
    id: facts.disputeId,
    object: 'dispute',
    amount: facts.amount,
    charge: facts.chargeId,
    created: facts.created,
    currency: facts.currency,
    livemode: false,
    metadata: facts.metadata,
    payment_intent: facts.paymentIntentId,
    reason: 'fraudulent',
    status: facts.status,
  }),
  customer: (facts: StripeFacts) => ({
    id: stripeId('cus'),
    object: 'customer',
    created: facts.created,
    livemode: false,
    metadata: facts.metadata,
  }),
} as const satisfies Record<StripeObjectKind, (facts: StripeFacts) => object>;
