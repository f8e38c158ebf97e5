import { paypalDisputeId, paypalEventId, paypalId, paypalPaymentId } from '../gateway-ids.js';
import { paypalEvent } from './paypal-event.js';
import { type PayPalFacts, type PayPalIds, RESOURCES, type ResourceKind } from './paypal-resources.js';
import type { SimulatedWebhook, WebhookOptions } from './simulated-webhook.js';

export type { PayPalIds };

/** Event type → the resource it carries and that resource's status. */
const TYPES = {
  'CHECKOUT.ORDER.APPROVED': ['order', 'APPROVED'],
  'CHECKOUT.ORDER.COMPLETED': ['order', 'COMPLETED'],
  'CHECKOUT.ORDER.VOIDED': ['order', 'VOIDED'],
  'CHECKOUT.ORDER.DECLINED': ['order', 'DECLINED'],
  'CHECKOUT.PAYMENT-APPROVAL.REVERSED': ['approval', 'REVERSED'],
  'PAYMENT.AUTHORIZATION.CREATED': ['authorization', 'CREATED'],
  'PAYMENT.AUTHORIZATION.VOIDED': ['authorization', 'VOIDED'],
  'PAYMENT.CAPTURE.COMPLETED': ['capture', 'COMPLETED'],
  'PAYMENT.CAPTURE.PENDING': ['capture', 'PENDING'],
  'PAYMENT.CAPTURE.DENIED': ['capture', 'DECLINED'],
  'PAYMENT.CAPTURE.DECLINED': ['capture', 'DECLINED'],
  'PAYMENT.CAPTURE.REFUNDED': ['refund', 'COMPLETED'],
  'PAYMENT.CAPTURE.REVERSED': ['refund', 'COMPLETED'],
  'PAYMENT.REFUND.PENDING': ['refund', 'PENDING'],
  'PAYMENT.REFUND.COMPLETED': ['refund', 'COMPLETED'],
  'PAYMENT.REFUND.FAILED': ['refund', 'FAILED'],
  'PAYMENT.SALE.COMPLETED': ['sale', 'completed'],
  'PAYMENT.SALE.PENDING': ['sale', 'pending'],
  'PAYMENT.SALE.DENIED': ['sale', 'denied'],
  'PAYMENT.SALE.REFUNDED': ['sale_refund', 'completed'],
  'PAYMENT.SALE.REVERSED': ['sale_refund', 'completed'],
  'CUSTOMER.DISPUTE.CREATED': ['dispute', 'OPEN'],
  'CUSTOMER.DISPUTE.UPDATED': ['dispute', 'UNDER_REVIEW'],
  'CUSTOMER.DISPUTE.RESOLVED': ['dispute', 'RESOLVED'],
  'BILLING.SUBSCRIPTION.CREATED': ['subscription', 'ACTIVE'],
} as const satisfies Record<string, readonly [ResourceKind, string]>;

export type PayPalWebhookType = keyof typeof TYPES;
export const PAYPAL_WEBHOOK_TYPES = Object.keys(TYPES) as PayPalWebhookType[];

export interface PayPalWebhookOptions extends WebhookOptions, Partial<PayPalIds> {
  readonly type: PayPalWebhookType;
  /** Of authorizations, their captures and refunds. Sales and disputes are v1 in any case, orders v2. */
  readonly shape?: 'v1' | 'v2';
  /** True: the capture is one of the authorization. */
  readonly isOfAuthorization?: boolean;
  /** Of a resolved dispute. */
  readonly disputeOutcome?: string;
}

/** What v1 calls a state in another word than v2. */
const V1_STATES: Readonly<Record<string, string>> = { CREATED: 'authorized', DECLINED: 'denied' };

const V1_KINDS = {
  authorization: 'authorization_v1',
  capture: 'capture_v1',
  refund: 'capture_refund_v1',
} as const satisfies Partial<Record<ResourceKind, ResourceKind>>;

function isOfBothShapes(kind: ResourceKind): kind is keyof typeof V1_KINDS {
  return Object.hasOwn(V1_KINDS, kind);
}

/** An event in the shape of https://developer.paypal.com/api/rest/webhooks/. */
export function paypalWebhook(options: PayPalWebhookOptions): SimulatedWebhook<PayPalIds> {
  const { type } = options;
  const [named, status] = TYPES[type];
  const isV1 = options.shape === 'v1' && isOfBothShapes(named);
  const kind: ResourceKind = isV1 ? V1_KINDS[named] : named;
  const ids = idsOf(options);
  const facts: PayPalFacts = {
    ...ids,
    status: options.status ?? (isV1 ? (V1_STATES[status] ?? status.toLowerCase()) : status),
    time: new Date(options.atMs ?? Date.now()).toISOString(),
    amount: options.amount ?? 1999,
    currency: options.currency ?? 'USD',
    customId: options.intentId,
    invoiceId: options.orderReference,
    isOfAuthorization: options.isOfAuthorization ?? false,
    disputeOutcome: options.disputeOutcome ?? 'RESOLVED_SELLER_FAVOUR',
  };
  const event = paypalEvent({
    id: ids.eventId,
    type,
    kind,
    time: facts.time,
    resource: RESOURCES[kind](facts),
  });
  return {
    provider: 'paypal',
    webhookId: `paypal:${ids.eventId}`,
    eventType: type,
    ids,
    body: Buffer.from(JSON.stringify(event)),
  };
}

function idsOf(options: PayPalWebhookOptions): PayPalIds {
  const { random } = options;
  return {
    eventId: options.eventId ?? paypalEventId(random),
    orderId: options.orderId ?? paypalId(random),
    captureId: options.captureId ?? paypalId(random),
    authorizationId: options.authorizationId ?? paypalId(random),
    refundId: options.refundId ?? paypalId(random),
    disputeId: options.disputeId ?? paypalDisputeId(random),
    parentPaymentId: options.parentPaymentId ?? paypalPaymentId(random),
    saleId: options.saleId ?? paypalId(random),
  };
}
