import type { EffectName, WebhookDescription } from '../webhook.js';
import {
  arrayAt,
  eventTime,
  isJsonObject,
  type JsonObject,
  objectAt,
  objectIds,
  parseWebhookBody,
  possibleReferenceAt,
  referenceAt,
  requiredIdentifier,
} from '../webhook-body.js';

/**
 * Event types that do something to a payment; every other type is recorded without effect
 * (CHECKOUT.ORDER.COMPLETED among them: the captures come by themselves).
 * Source: https://developer.paypal.com/api/rest/webhooks/event-names/
 */
export const PAYPAL_EFFECTS = {
  'CHECKOUT.ORDER.APPROVED': 'approved',
  'CHECKOUT.ORDER.DECLINED': 'failed',
  'CHECKOUT.ORDER.VOIDED': 'canceled',
  // Approved but not captured in time: PayPal cancels the order and gives the money back.
  'CHECKOUT.PAYMENT-APPROVAL.REVERSED': 'canceled',
  'PAYMENT.AUTHORIZATION.CREATED': 'authorized',
  'PAYMENT.AUTHORIZATION.VOIDED': 'canceled',
  'PAYMENT.CAPTURE.COMPLETED': 'captured',
  'PAYMENT.CAPTURE.PENDING': 'processing',
  'PAYMENT.CAPTURE.DENIED': 'failed',
  'PAYMENT.CAPTURE.DECLINED': 'failed',
  'PAYMENT.CAPTURE.REFUNDED': 'refund',
  'PAYMENT.CAPTURE.REVERSED': 'refund',
  'PAYMENT.REFUND.PENDING': 'refund',
  'PAYMENT.REFUND.COMPLETED': 'refund',
  'PAYMENT.REFUND.FAILED': 'refund',
  'PAYMENT.ORDER.CANCELLED': 'canceled',
  'PAYMENT.SALE.COMPLETED': 'captured',
  'PAYMENT.SALE.PENDING': 'processing',
  'PAYMENT.SALE.DENIED': 'failed',
  'PAYMENT.SALE.REFUNDED': 'refund',
  'PAYMENT.SALE.REVERSED': 'refund',
  'CUSTOMER.DISPUTE.CREATED': 'dispute',
  'CUSTOMER.DISPUTE.UPDATED': 'dispute',
  'CUSTOMER.DISPUTE.RESOLVED': 'dispute',
} as const satisfies Record<string, EffectName>;

export type PayPalEffectType = keyof typeof PAYPAL_EFFECTS;

const effects: ReadonlyMap<string, EffectName> = new Map(Object.entries(PAYPAL_EFFECTS));

/** The ids around a resource, wherever its shape (v1 or v2) keeps them. Told apart by fields, not by version. */
interface RelatedIds {
  /** v2 order. */
  readonly order: string | undefined;
  /** v1 payment, which plays the part of an order there. */
  readonly parentPayment: string | undefined;
  /** Capture or v1 sale. */
  readonly capture: string | undefined;
  readonly authorization: string | undefined;
  /** Of a dispute: the captures or sales that are disputed. */
  readonly disputed: readonly string[];
}

export interface PayPalEvent {
  readonly id: string;
  readonly type: string;
  readonly key: string;
  readonly time: Date | null;
  readonly resource: JsonObject;
  readonly related: RelatedIds;
}

/** @throws WebhookError `unreadable` */
export function readPayPalEvent(body: Buffer): PayPalEvent {
  const event = parseWebhookBody(body);
  const id = requiredIdentifier(event, 'id');
  const type = requiredIdentifier(event, 'event_type');
  const resource = objectAt(event, 'resource');
  const related = relatedIds(type, resource);
  const key = paymentLevelId(type, resource, related) ?? id;
  return { id, type, key, time: eventTime(event.create_time), resource, related };
}

function relatedIds(type: string, resource: JsonObject): RelatedIds {
  const ids = objectAt(objectAt(resource, 'supplementary_data'), 'related_ids');
  const up = upLink(resource);
  const own = referenceAt(resource, 'id');
  return {
    order:
      referenceAt(ids, 'order_id') ??
      up.orders ??
      (type.startsWith('CHECKOUT.ORDER.') ? own : referenceAt(resource, 'order_id')),
    parentPayment: referenceAt(resource, 'parent_payment'),
    capture:
      referenceAt(ids, 'capture_id') ??
      up.captures ??
      referenceAt(resource, 'capture_id') ??
      referenceAt(resource, 'sale_id'),
    authorization: referenceAt(ids, 'authorization_id') ?? up.authorizations,
    disputed: arrayAt(resource, 'disputed_transactions')
      .filter(isJsonObject)
      .map((transaction) => referenceAt(transaction, 'seller_transaction_id'))
      .filter((id) => id !== undefined),
  };
}

const UP_PATH =
  /^https:\/\/[^/?#]+\/v2\/(?:checkout\/(orders)|payments\/(captures|authorizations))\/([\w-]{1,64})$/;

/** v2 resources link to what they belong to: a refund to its capture, a capture to its order or authorization. */
function upLink(resource: JsonObject): { orders?: string; captures?: string; authorizations?: string } {
  for (const link of arrayAt(resource, 'links')) {
    if (!isJsonObject(link) || link.rel !== 'up' || typeof link.href !== 'string') continue;
    const [, orders, payments, id] = UP_PATH.exec(link.href) ?? [];
    const collection = orders ?? payments;
    if (collection !== undefined && id !== undefined) return { [collection]: id };
  }
  return {};
}

const PAYMENT_TYPES = /^(?:PAYMENT\.(?:AUTHORIZATION|CAPTURE|SALE|ORDER|REFUND)|CHECKOUT)\./;

/** Order id (v1: payment id), else capture id, else the payment resource's own id. */
function paymentLevelId(type: string, resource: JsonObject, related: RelatedIds): string | undefined {
  return (
    related.order ??
    related.parentPayment ??
    related.capture ??
    related.disputed[0] ??
    (PAYMENT_TYPES.test(type) ? referenceAt(resource, 'id') : undefined)
  );
}

/** @throws WebhookError `unreadable` */
export function describePayPalWebhook(body: Buffer): WebhookDescription {
  const { type, key, time, resource, related } = readPayPalEvent(body);
  return {
    eventType: type,
    key,
    eventTime: time,
    objectIds: objectIds(
      possibleReferenceAt(resource, 'id'),
      possibleReferenceAt(resource, 'dispute_id'),
      related.capture,
      related.authorization,
      related.order,
      related.parentPayment,
      ...related.disputed,
    ),
    effect: effects.get(type),
  };
}
