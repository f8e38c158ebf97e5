import { hash } from 'node:crypto';
import type { EventRow } from '../webhook.js';
import {
  eventTime,
  type JsonObject,
  objectAt,
  parseWebhookBody,
  referenceAt,
  requiredIdentifier,
} from '../webhook-body.js';
import {
  type RazorpayEntities,
  type RazorpayEntity,
  type RazorpayReading,
  readRazorpayEntities,
} from './entities.js';

/**
 * Event types with an effect on a payment; all others are recorded without one. The type only selects the entity:
 * published samples have a `payment.authorized` whose payment is already captured.
 *
 * Source: https://razorpay.com/docs/webhooks/all/
 */
export const RAZORPAY_EVENTS = {
  'payment.authorized': { effect: 'authorized', entity: 'payment' },
  'payment.captured': { effect: 'captured', entity: 'payment' },
  // Repeats payment.captured, with the order added.
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
} as const satisfies Record<string, EventRow<Exclude<RazorpayEntity, 'order'>>>;

export interface RazorpayEvent extends RazorpayReading {
  /** SHA-256 of the body, hex. The header's event id is outside of the signature and could be swapped. */
  readonly id: string;
  readonly type: string;
  readonly key: string;
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
  return { ...readRazorpayEntities(entities, eventTime(event.created_at)), id, type, key };
}

function entityOf(payload: JsonObject, name: string): JsonObject {
  return objectAt(objectAt(payload, name), 'entity');
}

/** The order, which all attempts to pay it have in common; else the payment. */
function paymentLevelId({ payment, order, refund, dispute }: RazorpayEntities): string | undefined {
  return (
    referenceAt(payment, 'order_id') ??
    referenceAt(order, 'id') ??
    referenceAt(payment, 'id') ??
    referenceAt(refund, 'payment_id') ??
    referenceAt(dispute, 'payment_id')
  );
}
