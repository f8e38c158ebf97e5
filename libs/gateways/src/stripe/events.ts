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

/** Types of an event's `data.object` that yield facts. */
export type StripeEntity = 'payment_intent' | 'refund' | 'dispute';

/**
 * Event types with an effect on a payment; all others are recorded without one. Charge events are among the others,
 * because the payment intent's events report the same, with its status.
 *
 * Source: https://docs.stripe.com/api/events/types
 */
export const STRIPE_EVENTS = {
  'payment_intent.created': { effect: 'created', entity: 'payment_intent' },
  'payment_intent.requires_action': { effect: 'requires_action', entity: 'payment_intent' },
  // A bank transfer of less than the amount: the customer has to send the rest.
  'payment_intent.partially_funded': { effect: 'requires_action', entity: 'payment_intent' },
  'payment_intent.processing': { effect: 'processing', entity: 'payment_intent' },
  'payment_intent.amount_capturable_updated': { effect: 'authorized', entity: 'payment_intent' },
  'payment_intent.succeeded': { effect: 'captured', entity: 'payment_intent' },
  // Not terminal: the customer may try again, and the intent goes back to requires_payment_method.
  'payment_intent.payment_failed': { effect: 'failed', entity: 'payment_intent' },
  'payment_intent.canceled': { effect: 'canceled', entity: 'payment_intent' },
  'refund.created': { effect: 'refund', entity: 'refund' },
  'refund.updated': { effect: 'refund', entity: 'refund' },
  'refund.failed': { effect: 'refund', entity: 'refund' },
  // The older name of refund.updated; its object is the refund, too.
  'charge.refund.updated': { effect: 'refund', entity: 'refund' },
  // Its object is the charge; the refunds themselves come as refund.*.
  'charge.refunded': { effect: 'refund_announced', entity: null },
  'charge.dispute.created': { effect: 'dispute', entity: 'dispute' },
  'charge.dispute.updated': { effect: 'dispute', entity: 'dispute' },
  'charge.dispute.closed': { effect: 'dispute', entity: 'dispute' },
  'charge.dispute.funds_withdrawn': { effect: 'dispute', entity: 'dispute' },
  'charge.dispute.funds_reinstated': { effect: 'dispute', entity: 'dispute' },
} as const satisfies Record<string, EventRow<StripeEntity>>;

export interface StripeEvent {
  readonly id: string;
  readonly type: string;
  readonly key: string;
  readonly time: Date | null;
  /** `data.object`: the payment intent, charge, refund, dispute … in its state at the time of the event. */
  readonly object: JsonObject;
  /** Every id that the event names, its own object first. */
  readonly objectIds: readonly string[];
}

/** @throws WebhookError `unreadable` */
export function readStripeEvent(body: Buffer): StripeEvent {
  const event = parseWebhookBody(body);
  const id = requiredIdentifier(event, 'id');
  const type = requiredIdentifier(event, 'type');
  const object = objectAt(objectAt(event, 'data'), 'object');
  const key = paymentIntentOf(type, object) ?? id;
  return { id, type, key, time: eventTime(event.created), object, objectIds: stripeObjectIds(object) };
}

/** Charges, refunds and disputes name their payment intent, so that all events of a payment get one key. */
function paymentIntentOf(type: string, object: JsonObject): string | undefined {
  if (object.object === 'payment_intent' || type.startsWith('payment_intent.')) {
    return referenceAt(object, 'id');
  }
  return referenceAt(object, 'payment_intent');
}

/** Every id in an object of Stripe's, its own first. */
export function stripeObjectIds(object: JsonObject): string[] {
  return objectIds(
    possibleReferenceAt(object, 'id'),
    possibleReferenceAt(object, 'payment_intent'),
    possibleReferenceAt(object, 'charge'),
    possibleReferenceAt(object, 'latest_charge'),
  );
}
