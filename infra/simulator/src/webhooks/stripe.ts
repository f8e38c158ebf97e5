import { inGatewayUnits } from '../gateway-amounts.js';
import { stripeId } from '../gateway-ids.js';
import type { SimulatedWebhook, WebhookOptions } from './simulated-webhook.js';
import {
  STRIPE_OBJECTS,
  type StripeFacts,
  type StripeIds,
  type StripeObjectKind,
  stripeEvent,
} from './stripe-objects.js';

export type { StripeIds };

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
} as const satisfies Record<string, readonly [StripeObjectKind, string]>;

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
  const object = STRIPE_OBJECTS[kind](factsOf(options, ids, options.status ?? status, created));
  const event = stripeEvent({ id: ids.eventId, type, created, object });
  return {
    provider: 'stripe',
    webhookId: `stripe:${ids.eventId}`,
    eventType: type,
    ids,
    body: Buffer.from(JSON.stringify(event)),
  };
}

function factsOf(
  options: StripeWebhookOptions,
  ids: StripeIds,
  status: string,
  created: number,
): StripeFacts {
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
