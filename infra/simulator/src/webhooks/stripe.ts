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
}

interface Facts extends StripeIds {
  readonly status: string;
  readonly created: number;
  readonly amount: number;
  readonly amountReceived: number;
  readonly amountRefunded: number;
  readonly currency: string;
  readonly metadata: Readonly<Record<string, string>>;
}

/** An event in the shape of https://docs.stripe.com/api/events/object. */
export function stripeWebhook(options: StripeWebhookOptions): SimulatedWebhook<StripeIds> {
  const { type } = options;
  const [kind, status] = TYPES[type];
  const ids: StripeIds = {
    eventId: options.eventId ?? stripeId('evt'),
    paymentIntentId: options.paymentIntentId ?? stripeId('pi'),
    chargeId: options.chargeId ?? stripeId('ch'),
    refundId: options.refundId ?? stripeId('re'),
    disputeId: options.disputeId ?? stripeId('dp'),
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
  const amount = options.amount ?? 1999;
  return {
    ...ids,
    status,
    created,
    amount,
    amountReceived: options.amountReceived ?? (status === 'succeeded' ? amount : 0),
    amountRefunded: options.amountRefunded ?? (options.type === 'charge.refunded' ? amount : 0),
    currency: (options.currency ?? 'USD').toLowerCase(),
    metadata: {
      ...(options.intentId === undefined ? {} : { intentId: options.intentId }),
      ...(options.orderReference === undefined ? {} : { orderId: options.orderReference }),
      ...options.metadata,
    },
  };
}

const OBJECTS = {
  payment_intent: (facts: Facts) => ({
    id: facts.paymentIntentId,
    object: 'payment_intent',
    amount: facts.amount,
    amount_capturable: facts.status === 'requires_capture' ? facts.amount : 0,
    amount_received: facts.amountReceived,
    canceled_at: facts.status === 'canceled' ? facts.created : null,
    cancellation_reason: facts.status === 'canceled' ? 'requested_by_customer' : null,
    capture_method: facts.status === 'requires_capture' ? 'manual' : 'automatic',
    client_secret: null,
    confirmation_method: 'automatic',
    created: facts.created,
    currency: facts.currency,
    customer: null,
    description: null,
    last_payment_error: null,
    latest_charge: facts.chargeId,
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
    charge: facts.chargeId,
    created: facts.created,
    currency: facts.currency,
    metadata: facts.metadata,
    payment_intent: facts.paymentIntentId,
    reason: 'requested_by_customer',
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
