import type { EffectName, WebhookDescription } from '../webhook.js';
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

/**
 * Event types that do something to a payment; every other type is recorded without effect. Charges'
 * own events are among those: the payment intent's events say the same, with its status.
 * Source: https://docs.stripe.com/api/events/types
 */
export const STRIPE_EFFECTS = {
  'payment_intent.amount_capturable_updated': 'authorized',
  'payment_intent.succeeded': 'captured',
  'payment_intent.processing': 'processing',
  'payment_intent.requires_action': 'requires_action',
  // Not terminal: the customer may try again, and the intent goes back to requires_payment_method.
  'payment_intent.payment_failed': 'failed',
  'payment_intent.canceled': 'canceled',
  'refund.created': 'refund',
  'refund.updated': 'refund',
  'refund.failed': 'refund',
  // The older name of refund.updated; its object is the refund, too.
  'charge.refund.updated': 'refund',
  // Its object is the charge; the refunds themselves come as refund.*.
  'charge.refunded': 'refund_announced',
  'charge.dispute.created': 'dispute',
  'charge.dispute.updated': 'dispute',
  'charge.dispute.closed': 'dispute',
  'charge.dispute.funds_withdrawn': 'dispute',
  'charge.dispute.funds_reinstated': 'dispute',
} as const satisfies Record<string, EffectName>;

export type StripeEffectType = keyof typeof STRIPE_EFFECTS;

/** A map, because a plain look-up would find `constructor` and its like in every object. */
const effects: ReadonlyMap<string, EffectName> = new Map(Object.entries(STRIPE_EFFECTS));

export interface StripeEvent {
  readonly id: string;
  readonly type: string;
  readonly key: string;
  readonly time: Date | null;
  /** `data.object`: the payment intent, charge, refund, dispute … in its state at the time of the event. */
  readonly object: JsonObject;
}

/** @throws WebhookError `unreadable` */
export function readStripeEvent(body: Buffer): StripeEvent {
  const event = parseWebhookBody(body);
  const id = requiredIdentifier(event, 'id');
  const type = requiredIdentifier(event, 'type');
  const object = objectAt(objectAt(event, 'data'), 'object');
  return { id, type, key: paymentIntentOf(type, object) ?? id, time: eventTime(event.created), object };
}

/** Charges, refunds and disputes carry their payment intent, so that all of a payment keeps one order. */
function paymentIntentOf(type: string, object: JsonObject): string | undefined {
  if (object.object === 'payment_intent' || type.startsWith('payment_intent.')) {
    return referenceAt(object, 'id');
  }
  return referenceAt(object, 'payment_intent');
}

/** @throws WebhookError `unreadable` */
export function describeStripeWebhook(body: Buffer): WebhookDescription {
  const { type, key, time, object } = readStripeEvent(body);
  return {
    eventType: type,
    key,
    eventTime: time,
    objectIds: objectIds(
      possibleReferenceAt(object, 'id'),
      possibleReferenceAt(object, 'payment_intent'),
      possibleReferenceAt(object, 'charge'),
      possibleReferenceAt(object, 'latest_charge'),
    ),
    effect: effects.get(type),
  };
}
