import type { Fact, FactName, Money } from '@payments/domain';
import { type GatewayExponents, moneyOfInteger, requiredCurrency } from '../amounts.js';
import {
  attemptIdIn,
  failureOf,
  intentIdIn,
  meaningOf,
  nextActionOf,
  requiredReference,
  requiredStatus,
  requiredTime,
} from '../fact-parts.js';
import { makeFact } from '../make-fact.js';
import { type JsonObject, objectAt, possibleReferenceAt } from '../webhook-body.js';
import { unreadable } from '../webhook-error.js';
import { type StripeEntity, type StripeEvent, stripeObjectIds } from './events.js';

/**
 * Stripe uses ISO 4217 minor units, except for these. ISK and UGX have no decimals but keep two for compatibility (500
 * is 5 ISK); MGA has none at Stripe. HUF and TWD have two in payments, and none only in payouts. BHD, JOD, KWD, OMR and
 * TND have three, of which the last is always 0.
 *
 * Source: https://docs.stripe.com/currencies#special-cases
 */
export const STRIPE_EXPONENTS: GatewayExponents = { ISK: 2, UGX: 2, MGA: 0 };

/**
 * The fact for each state of an object. A state is the object's `status`, with a detail after a comma where the status
 * alone is ambiguous. Null: nothing happened to the payment.
 *
 * Sources: https://docs.stripe.com/api/payment_intents/object, /api/refunds/object, /api/disputes/object
 */
export const STRIPE_STATES = {
  payment_intent: {
    requires_payment_method: 'requires_payment_method',
    'requires_payment_method, failed': 'failed_retryable',
    requires_confirmation: 'requires_confirmation',
    requires_action: 'requires_action',
    processing: 'processing',
    requires_capture: 'authorized',
    succeeded: 'captured',
    canceled: 'canceled',
    'canceled, held': 'voided',
  },
  refund: {
    pending: 'refund_pending',
    requires_action: 'refund_pending',
    succeeded: 'refund_succeeded',
    // Stripe also creates a refund when it releases an authorization, of which nothing was captured.
    'succeeded, released': null,
    failed: 'refund_failed',
    canceled: 'refund_canceled',
  },
  // The event's type does not matter: funds_withdrawn and funds_reinstated move the money according to the status.
  dispute: {
    warning_needs_response: 'dispute_opened',
    warning_under_review: 'dispute_under_review',
    warning_closed: 'dispute_closed',
    needs_response: 'dispute_opened',
    under_review: 'dispute_under_review',
    won: 'dispute_won',
    lost: 'dispute_lost',
    prevented: 'dispute_closed',
    charge_refunded: 'dispute_closed',
  },
} as const satisfies Record<StripeEntity, Record<string, FactName | null>>;

/** An object of Stripe's API, from an event or from a response. */
export interface StripeReading {
  readonly object: JsonObject;
  readonly entity: StripeEntity;
  /** Where it was found, for errors: `data.object` of an event. */
  readonly path: string;
  /** Whether the object came with an event that says that the payment intent's last attempt failed. */
  readonly hasFailed: boolean;
  /** Time of the object's state, in milliseconds since the epoch. */
  readonly occurredAt: () => number;
}

/** The facts of an event. @throws WebhookError `unreadable`, naming the field that cannot be used */
export function stripeFacts({ object, type, time }: StripeEvent, entity: StripeEntity): Fact[] {
  return stripeFactsOf({
    object,
    entity,
    path: 'data.object',
    hasFailed: type === 'payment_intent.payment_failed',
    occurredAt: () => requiredTime('created', time),
  });
}

/** The facts that follow from the state of an object. @throws as `stripeFacts` */
export function stripeFactsOf(reading: StripeReading): Fact[] {
  const { object, entity, path } = reading;
  requireEntity(reading);
  const status = requiredStatus(`${path}.status`, object.status);
  const name = meaningOf(STRIPE_STATES[entity], `${path}.status`, status + DETAILS[entity](reading));
  if (name === null) return [];
  const objectId = requiredReference(`${path}.id`, object, 'id');
  const fact = makeFact(name, {
    provider: 'stripe',
    objectId,
    relatedIds: stripeObjectIds(object).filter((id) => id !== objectId),
    occurredAt: reading.occurredAt(),
    parentId: entity === 'payment_intent' ? objectId : possibleReferenceAt(object, 'payment_intent'),
    reference: possibleReferenceAt(object, 'latest_charge'),
    attemptId: attemptIdIn(objectAt(object, 'metadata').attemptId),
    amount: () => amountOf(reading, name),
    failure: () => (entity === 'refund' ? failureOf([object.failure_reason], null) : paymentFailure(object)),
    nextAction: () => nextActionOf(object.next_action),
    payment: () => undefined,
  });
  return [fact];
}

export function stripeIntentId({ object }: StripeEvent) {
  return intentIdIn(objectAt(object, 'metadata').intentId);
}

/** Refuses an object of another type than the event's type promises. */
function requireEntity({ object, entity, path }: StripeReading): void {
  if (object.object !== entity) throw unreadable(`${path} is no ${entity}`);
}

/** The detail that completes a status in STRIPE_STATES; empty for most. */
const DETAILS = {
  payment_intent: ({ object, hasFailed }) => {
    const isFailure = hasFailed || hasPaymentError(object);
    if (object.status === 'requires_payment_method' && isFailure) return ', failed';
    return object.status === 'canceled' && wasHeld(object) ? ', held' : '';
  },
  // A refund of captured money that succeeded has a balance transaction; a released authorization has none.
  refund: ({ object }) =>
    object.status === 'succeeded' && object.balance_transaction === null ? ', released' : '',
  dispute: () => '',
} as const satisfies Record<StripeEntity, (reading: StripeReading) => string>;

function hasPaymentError(object: JsonObject): boolean {
  return typeof object.last_payment_error === 'object' && object.last_payment_error !== null;
}

/**
 * Whether money was authorized. A canceled intent has lost its amount_capturable but keeps its charge: with manual
 * capture, a charge without an error is an authorization.
 */
function wasHeld(object: JsonObject): boolean {
  if (typeof object.amount_capturable === 'number' && object.amount_capturable > 0) return true;
  const hasCharge = possibleReferenceAt(object, 'latest_charge') !== undefined;
  return object.capture_method === 'manual' && hasCharge && !hasPaymentError(object);
}

function paymentFailure(object: JsonObject) {
  const error = objectAt(object, 'last_payment_error');
  return failureOf([error.code, error.type, 'payment_failed'], error.message);
}

function amountOf({ object, path }: StripeReading, name: FactName): Money {
  const currency = object.currency;
  const isLowerCase = typeof currency === 'string' && currency === currency.toLowerCase();
  const field = AMOUNT_FIELDS[name] ?? 'amount';
  return moneyOfInteger(
    { name: `${path}.${field}`, value: object[field] },
    requiredCurrency(`${path}.currency`, isLowerCase ? currency.toUpperCase() : undefined),
    STRIPE_EXPONENTS,
  );
}

const AMOUNT_FIELDS: Partial<Record<FactName, string>> = {
  captured: 'amount_received',
  authorized: 'amount_capturable',
};
