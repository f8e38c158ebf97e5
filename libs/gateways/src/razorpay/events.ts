import { hash } from 'node:crypto';
import type { EventRow } from '../webhook.js';
import {
  eventTime,
  type JsonObject,
  objectAt,
  objectIds,
  parseWebhookBody,
  possibleReferenceAt,
  referenceAt,
  requiredIdentifier,
} from '../webhook-body.js';

/** What an event's payload may hold, of what makes facts. */
export type RazorpayEntity = 'payment' | 'refund' | 'dispute';

/**
 * Event types that do something to a payment; every other type is recorded without effect. The name only
 * says which entity to look at: published samples have a `payment.authorized` that is already captured.
 * Source: https://razorpay.com/docs/webhooks/all/
 */
export const RAZORPAY_EVENTS = {
  'payment.authorized': { effect: 'authorized', entity: 'payment' },
  'payment.captured': { effect: 'captured', entity: 'payment' },
  // Repeats payment.captured, with the order beside it.
  'order.paid': { effect: 'captured', entity: 'payment' },
  'payment.failed': { effect: 'failed', entity: 'payment' },
  'refund.created': { effect: 'refund', entity: 'refund' },
  'refund.processed': { effect: 'refund', entity: 'refund' },
  'refund.failed': { effect: 'refund', entity: 'refund' },
  'payment.dispute.created': { effect: 'dispute', entity: 'dispute' },
  'payment.dispute.action_required': { effect: 'dispute', entity: 'dispute' },
  'payment.dispute.under_review': { effect: 'dispute', entity: 'dispute' },
  'payment.dispute.won': { effect: 'dispute', entity: 'dispute' },
  'payment.dispute.lost': { effect: 'dispute', entity: 'dispute' },
  'payment.dispute.closed': { effect: 'dispute', entity: 'dispute' },
} as const satisfies Record<string, EventRow<RazorpayEntity>>;

export type RazorpayEventType = keyof typeof RAZORPAY_EVENTS;

interface RazorpayEntities {
  readonly payment: JsonObject;
  readonly order: JsonObject;
  readonly refund: JsonObject;
  readonly dispute: JsonObject;
}

export interface RazorpayEvent {
  /** SHA-256 of the body, hex. The header's event id is outside of the signature and could be swapped. */
  readonly id: string;
  readonly type: string;
  readonly key: string;
  readonly time: Date | null;
  readonly entities: RazorpayEntities;
  /** Every id that the event names, the most particular first. */
  readonly objectIds: readonly string[];
}

/** @throws WebhookError `unreadable` */
export function readRazorpayEvent(body: Buffer): RazorpayEvent {
  const event = parseWebhookBody(body);
  const type = requiredIdentifier(event, 'event');
  const payload = objectAt(event, 'payload');
  const entities = {
    payment: entityOf(payload, 'payment'),
    order: entityOf(payload, 'order'),
    refund: entityOf(payload, 'refund'),
    dispute: entityOf(payload, 'dispute'),
  };
  const id = hash('sha256', body, 'hex');
  const key = paymentLevelId(entities) ?? id;
  return { id, type, key, time: eventTime(event.created_at), entities, objectIds: idsIn(entities) };
}

function entityOf(payload: JsonObject, name: string): JsonObject {
  return objectAt(objectAt(payload, name), 'entity');
}

/** The order, which every attempt to pay it shares; else the payment. */
function paymentLevelId({ payment, order, refund, dispute }: RazorpayEntities): string | undefined {
  return (
    referenceAt(payment, 'order_id') ??
    referenceAt(order, 'id') ??
    referenceAt(payment, 'id') ??
    referenceAt(refund, 'payment_id') ??
    referenceAt(dispute, 'payment_id')
  );
}

function idsIn({ payment, order, refund, dispute }: RazorpayEntities): string[] {
  return objectIds(
    possibleReferenceAt(dispute, 'id'),
    possibleReferenceAt(refund, 'id'),
    possibleReferenceAt(payment, 'id'),
    possibleReferenceAt(refund, 'payment_id'),
    possibleReferenceAt(dispute, 'payment_id'),
    possibleReferenceAt(payment, 'order_id'),
    possibleReferenceAt(order, 'id'),
  );
}
