import type { Fact, FactName, Money } from '@payments/domain';
import { type GatewayExponents, moneyOfInteger, requiredCurrency } from '../amounts.js';
import {
  attemptIdIn,
  failureOf,
  intentIdIn,
  meaningOf,
  requiredReference,
  requiredStatus,
  requiredTime,
} from '../fact-parts.js';
import { makeFact } from '../make-fact.js';
import { type JsonObject, objectAt, possibleReferenceAt } from '../webhook-body.js';
import type { RazorpayEntity, RazorpayReading } from './entities.js';

/**
 * None: Razorpay uses ISO 4217 minor units. Its documents agree on JPY (295 is ¥295) and contradict one another on
 * currencies with three decimals, in which no payment is created; reading them follows the page on orders, where
 * 295990 is KWD 295.990.
 *
 * Source: https://razorpay.com/docs/payments/orders/apis/
 */
export const RAZORPAY_EXPONENTS: GatewayExponents = {};

/**
 * The fact for each state of an entity. A state is the entity's status, with a detail after a comma where the status
 * alone is ambiguous. Null: nothing happened to the payment.
 *
 * Sources: https://razorpay.com/docs/api/orders/entity/, /api/payments/entity/, /api/refunds/entity/,
 * /api/disputes/entity/, /payments/refunds/auto-refunds/
 */
export const RAZORPAY_STATES = {
  order: {
    created: 'requires_payment_method',
    // Its payments yield the facts.
    attempted: null,
    paid: null,
  },
  payment: {
    created: 'processing',
    authorized: 'authorized',
    captured: 'captured',
    // We refund only captured payments; the refunds yield facts of their own.
    refunded: 'captured',
    // Razorpay releases by itself what was not captured in time.
    'refunded, never captured': 'voided',
    failed: 'failed',
    // The order stays open, and the customer may pay it in another way.
    'failed, of an order': 'failed_retryable',
  },
  refund: {
    pending: 'refund_pending',
    processed: 'refund_succeeded',
    failed: 'refund_failed',
    'pending, never captured': 'voided',
    'processed, never captured': 'voided',
    'failed, never captured': null,
  },
  dispute: {
    open: 'dispute_opened',
    under_review: 'dispute_under_review',
    won: 'dispute_won',
    lost: 'dispute_lost',
    closed: 'dispute_closed',
  },
} as const satisfies Record<RazorpayEntity, Record<string, FactName | null>>;

/** The facts that follow from the state of an entity. @throws WebhookError `unreadable`, naming the unusable field */
export function razorpayFacts(reading: RazorpayReading, entity: RazorpayEntity): Fact[] {
  const status = requiredStatus(`${entity}.status`, reading.entities[entity].status);
  const name = meaningOf<FactName | null>(
    RAZORPAY_STATES[entity],
    `${entity}.status`,
    status + DETAILS[entity](reading, status),
  );
  if (name === null) return [];
  // A void concerns the payment, even if a refund entity reports it.
  const [subject, object] =
    name === 'voided' ? (['payment', reading.entities.payment] as const) : [entity, reading.entities[entity]];
  const objectId = requiredReference(`${subject}.id`, object, 'id');
  const amount = () => amountOf(subject, object);
  const fact = makeFact(name, {
    provider: 'razorpay',
    objectId,
    relatedIds: reading.objectIds.filter((id) => id !== objectId),
    occurredAt: requiredTime('created_at', reading.time),
    parentId: possibleReferenceAt(object, PARENT_FIELDS[subject]),
    attemptId: attemptIdIn(objectAt(object, 'notes').attemptId),
    amount,
    failure: () => failureOf([object.error_reason, object.error_code, 'failed'], object.error_description),
    nextAction: () => reading.checkout ?? null,
    payment: () => ({ objectId, amount: amount() }),
  });
  return [fact];
}

/** A leg's object is the order, which so is its own parent. */
const PARENT_FIELDS = {
  order: 'id',
  payment: 'order_id',
  refund: 'payment_id',
  dispute: 'payment_id',
} as const satisfies Record<RazorpayEntity, string>;

/** The detail that completes a status in RAZORPAY_STATES; empty for most. */
const DETAILS = {
  order: () => '',
  payment: ({ entities: { payment } }, status) => {
    if (status === 'failed' && possibleReferenceAt(payment, 'order_id') !== undefined) return ', of an order';
    return status === 'refunded' && payment.captured === false ? ', never captured' : '';
  },
  refund: ({ entities: { payment } }) => (payment.captured === false ? ', never captured' : ''),
  dispute: () => '',
} as const satisfies Record<RazorpayEntity, (reading: RazorpayReading, status: string) => string>;

/** From the notes, which payments inherit from their order, or the order's receipt. */
export function razorpayIntentId({ entities: { payment, order, refund } }: RazorpayReading) {
  const notedIn = (entity: JsonObject) => objectAt(entity, 'notes').intentId;
  return intentIdIn(notedIn(payment), notedIn(order), notedIn(refund), order.receipt);
}

function amountOf(entity: RazorpayEntity, object: JsonObject): Money {
  const currency = requiredCurrency(`${entity}.currency`, object.currency);
  return moneyOfInteger({ name: `${entity}.amount`, value: object.amount }, currency, RAZORPAY_EXPONENTS);
}
