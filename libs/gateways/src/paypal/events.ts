import type { IntentId } from '@payments/domain';
import { intentIdIn } from '../fact-parts.js';
import type { EventRow } from '../webhook.js';
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

/** What an event's resource is; v1 and v2 shapes of one thing are one. A v1 sale is a capture. */
export type PayPalEntity =
  | 'order'
  | 'approval'
  | 'authorization'
  | 'capture'
  | 'refund'
  | 'reversal'
  | 'dispute';

/**
 * Event types that do something to a payment; every other type is recorded without effect
 * (CHECKOUT.ORDER.COMPLETED among them: the captures come by themselves).
 * Source: https://developer.paypal.com/api/rest/webhooks/event-names/
 */
export const PAYPAL_EVENTS = {
  'CHECKOUT.ORDER.APPROVED': { effect: 'approved', entity: 'order' },
  'CHECKOUT.ORDER.DECLINED': { effect: 'failed', entity: 'order' },
  'CHECKOUT.ORDER.VOIDED': { effect: 'canceled', entity: 'order' },
  // Approved but not captured in time: PayPal cancels the order and gives the money back.
  'CHECKOUT.PAYMENT-APPROVAL.REVERSED': { effect: 'canceled', entity: 'approval' },
  'PAYMENT.AUTHORIZATION.CREATED': { effect: 'authorized', entity: 'authorization' },
  'PAYMENT.AUTHORIZATION.VOIDED': { effect: 'canceled', entity: 'authorization' },
  'PAYMENT.CAPTURE.COMPLETED': { effect: 'captured', entity: 'capture' },
  'PAYMENT.CAPTURE.PENDING': { effect: 'processing', entity: 'capture' },
  'PAYMENT.CAPTURE.DENIED': { effect: 'failed', entity: 'capture' },
  'PAYMENT.CAPTURE.DECLINED': { effect: 'failed', entity: 'capture' },
  'PAYMENT.CAPTURE.REFUNDED': { effect: 'refund', entity: 'refund' },
  'PAYMENT.CAPTURE.REVERSED': { effect: 'refund', entity: 'reversal' },
  'PAYMENT.REFUND.PENDING': { effect: 'refund', entity: 'refund' },
  'PAYMENT.REFUND.COMPLETED': { effect: 'refund', entity: 'refund' },
  'PAYMENT.REFUND.FAILED': { effect: 'refund', entity: 'refund' },
  'PAYMENT.ORDER.CANCELLED': { effect: 'canceled', entity: 'order' },
  'PAYMENT.SALE.COMPLETED': { effect: 'captured', entity: 'capture' },
  'PAYMENT.SALE.PENDING': { effect: 'processing', entity: 'capture' },
  'PAYMENT.SALE.DENIED': { effect: 'failed', entity: 'capture' },
  'PAYMENT.SALE.REFUNDED': { effect: 'refund', entity: 'refund' },
  'PAYMENT.SALE.REVERSED': { effect: 'refund', entity: 'reversal' },
  'CUSTOMER.DISPUTE.CREATED': { effect: 'dispute', entity: 'dispute' },
  'CUSTOMER.DISPUTE.UPDATED': { effect: 'dispute', entity: 'dispute' },
  'CUSTOMER.DISPUTE.RESOLVED': { effect: 'dispute', entity: 'dispute' },
} as const satisfies Record<string, EventRow<PayPalEntity>>;

export type PayPalEventType = keyof typeof PAYPAL_EVENTS;

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
  /** Our own id of the payment, where PayPal hands it back. */
  readonly intentId: IntentId | undefined;
  /** Every id that the event names, its own resource first. */
  readonly objectIds: readonly string[];
}

/** @throws WebhookError `unreadable` */
export function readPayPalEvent(body: Buffer): PayPalEvent {
  const event = parseWebhookBody(body);
  const id = requiredIdentifier(event, 'id');
  const type = requiredIdentifier(event, 'event_type');
  const resource = objectAt(event, 'resource');
  const related = relatedIds(type, resource);
  const intentId = intentIdOf(resource);
  // Ours first: only that is in the order, its captures and their refunds alike.
  const key = intentId ?? paymentLevelId(type, resource, related) ?? id;
  const time = eventTime(event.create_time);
  return { id, type, key, time, resource, related, intentId, objectIds: idsIn(resource, related) };
}

const CARRIERS_MAX = 32;

/** v2 `custom_id`, v1 `custom`; of an order on its purchase units, of a dispute on its transactions. */
function intentIdOf(resource: JsonObject): IntentId | undefined {
  const parts = [...arrayAt(resource, 'purchase_units'), ...arrayAt(resource, 'disputed_transactions')];
  const carriers = [resource, ...parts.slice(0, CARRIERS_MAX).filter(isJsonObject)];
  return intentIdIn(...carriers.flatMap(({ custom_id, custom }) => [custom_id, custom]));
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
    authorization: referenceAt(ids, 'authorization_id') ?? up.authorizations ?? v1Authorization(resource),
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

const V1_AUTHORIZATION = /^https:\/\/[^/?#]+\/v1\/payments\/authorization\/([\w-]{1,64})$/;

/** v1 captures name their authorization in a link and nowhere else. */
function v1Authorization(resource: JsonObject): string | undefined {
  for (const link of arrayAt(resource, 'links')) {
    if (!isJsonObject(link) || link.rel !== 'authorization' || typeof link.href !== 'string') continue;
    return V1_AUTHORIZATION.exec(link.href)?.[1];
  }
  return undefined;
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

function idsIn(resource: JsonObject, related: RelatedIds): string[] {
  return objectIds(
    possibleReferenceAt(resource, 'id'),
    possibleReferenceAt(resource, 'dispute_id'),
    related.capture,
    related.authorization,
    related.order,
    related.parentPayment,
    ...related.disputed,
  );
}
