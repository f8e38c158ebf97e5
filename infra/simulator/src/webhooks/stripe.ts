import { inGatewayUnits } from '../gateway-amounts.js';
import { stripeId } from '../gateway-ids.js';
import type { SimulatedWebhook, WebhookOptions } from './simulated-webhook.js';

export interface StripeIds {
  readonly eventId: string;
  readonly paymentIntentId: string;
  readonly chargeId: string;
  readonly refundId: string;
  readonly disputeId: string;
}

type ObjectKind = 'payment_intent' | 'charge' | 'refund' | 'dispute' | 'customer';

/** Event type → the object it carries and that object's status. */
const TYPES = {
  'payment_intent.created': ['payment_intent', 'requires_payment_method'],
  'payment_intent.amount_capturable_updated': ['payment_intent', 'requires_capture'],
  'payment_intent.succeeded': ['payment_intent', 'succeeded'],
  'payment_intent.processing': ['payment_intent', 'processing'],
  'payment_intent.requires_action': ['payment_intent', 'requires_action'],
  'payment_intent.payment_failed': ['payment_intent', 'requires_payment_method'],
  'payment_intent.canceled': ['payment_intent', 'canceled'],
  'charge.succeeded': ['charge', 'succeeded'],
  'charge.captured': ['charge', 'succeeded'],
  'charge.failed': ['charge', 'failed'],
  'charge.refunded': ['charge', 'succeeded'],
  'charge.refund.updated': ['refund', 'succeeded'],
  'refund.created': ['refund', 'pending'],
  'refund.updated': ['refund', 'succeeded'],
  'refund.failed': ['refund', 'failed'],
  'charge.dispute.created': ['dispute', 'needs_response'],
  'charge.dispute.updated': ['dispute', 'under_review'],
  'charge.dispute.closed': ['dispute', 'won'],
  'charge.dispute.funds_withdrawn': ['dispute', 'needs_response'],
  'charge.dispute.funds_reinstated': ['dispute', 'won'],
  'customer.updated': ['customer', 'none'],
} as const satisfies Record<string, readonly [ObjectKind, string]>;

export type StripeWebhookType = keyof typeof TYPES;
export const STRIPE_WEBHOOK_TYPES = Object.keys(TYPES) as StripeWebhookType[];

export interface StripeWebhookOptions extends WebhookOptions, Partial<StripeIds> {
  readonly type: StripeWebhookType;
  readonly metadata?: Readonly<Record<string, string>>;
  /** Minor units; on a payment intent or charge. By the type if left out. */
  readonly amountReceived?: number;
  readonly amountRefunded?: number;
  /** `manual` by default where the status is requires_capture. */
  readonly captureMethod?: 'automatic' | 'manual';
  /** False: the payment intent has no charge yet. */
  readonly hasCharge?: boolean;
  /** True: the refund lets held money go that was never captured. */
  readonly isRelease?: boolean;
}

interface Facts extends StripeIds {
  readonly status: string;
  readonly created: number;
  readonly amount: number;
  readonly amountReceived: number;
  readonly amountRefunded: number;
  readonly currency: string;
  readonly metadata: Readonly<Record<string, string>>;
  readonly captureMethod: 'automatic' | 'manual';
  readonly hasCharge: boolean;
  readonly hasFailed: boolean;
  readonly isRelease: boolean;
}

/** An event in the shape of https://docs.stripe.com/api/events/object. */
export function stripeWebhook(options: StripeWebhookOptions): SimulatedWebhook<StripeIds> {
  const { type, random } = options;
  const [kind, status] = TYPES[type];
  const ids: StripeIds = {
    eventId: options.eventId ?? stripeId('evt', random),
    paymentIntentId: options.paymentIntentId ?? stripeId('pi', random),
    chargeId: options.chargeId ?? stripeId('ch', random),
    refundId: options.refundId ?? stripeId('re', random),
    disputeId: options.disputeId ?? stripeId('dp', random),
  };
  const created = Math.floor((options.atMs ?? Date.now()) / 1000);
  const event = {
    id: ids.eventId,
    object: 'event',
    api_version: '2024-06-20',
    created,
    data: { object: OBJECTS[kind](factsOf(options, ids, options.status ?? status, created)) },
    livemode: false,
    pending_webhooks: 1,
    request: { id: null, idempotency_key: null },
    type,
  };
  return {
    provider: 'stripe',
    webhookId: `stripe:${ids.eventId}`,
    eventType: type,
    ids,
    body: Buffer.from(JSON.stringify(event)),
  };
}

function factsOf(options: StripeWebhookOptions, ids: StripeIds, status: string, created: number): Facts {
  const { amount = 1999, currency = 'USD', type } = options;
  const units = (minor: number) => inGatewayUnits('stripe', minor, currency);
  return {
    ...ids,
    status,
    created,
    amount: units(amount),
    amountReceived: units(options.amountReceived ?? (status === 'succeeded' ? amount : 0)),
    amountRefunded: units(options.amountRefunded ?? (type === 'charge.refunded' ? amount : 0)),
    currency: currency.toLowerCase(),
    captureMethod: options.captureMethod ?? (status === 'requires_capture' ? 'manual' : 'automatic'),
    hasCharge: options.hasCharge ?? true,
    hasFailed: type === 'payment_intent.payment_failed',
    isRelease: options.isRelease ?? false,
    metadata: {
      ...(options.intentId === undefined ? {} : { intentId: options.intentId }),
      ...(options.orderReference === undefined ? {} : { orderId: options.orderReference }),
      ...options.metadata,
    },
  };
}

const DECLINED = {
  type: 'card_error',
  code: 'card_declined',
  decline_code: 'insufficient_funds',
  message: 'Your card has insufficient funds.',
};

const OBJECTS = {
  payment_intent: (facts: Facts) => ({
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
  charge: (facts: Facts) => ({
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
  refund: (facts: Facts) => ({
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
  dispute: (facts: Facts) => ({
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
  customer: (facts: Facts) => ({
    id: stripeId('cus'),
    object: 'customer',
    created: facts.created,
    livemode: false,
    metadata: facts.metadata,
  }),
} as const satisfies Record<ObjectKind, (facts: Facts) => object>;
