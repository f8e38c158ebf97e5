import type { Fact, FactName, Money } from '@payments/domain';
import { type GatewayExponents, moneyOfInteger, requiredCurrency } from '../amounts.js';
import {
  failureOf,
  intentIdIn,
  meaningOf,
  requiredReference,
  requiredStatus,
  requiredTime,
} from '../fact-parts.js';
import { makeFact } from '../make-fact.js';
import { type JsonObject, objectAt, possibleReferenceAt } from '../webhook-body.js';
import type { RazorpayEntity, RazorpayEvent } from './events.js';

/**
 * None: sub-units are ISO 4217's. Razorpay's documents agree on JPY (295 is ¥295) and disagree on currencies of
 * three decimals; we follow the page on orders, where 295990 is KWD 295.990.
 * Source: https://razorpay.com/docs/payments/orders/apis/
 */
export const RAZORPAY_EXPONENTS: GatewayExponents = {};

/**
 * What the status of an entity means.
 * Sources: https://razorpay.com/docs/api/payments/entity/, /api/refunds/entity/, /api/disputes/entity/
 */
export const RAZORPAY_STATES = {
  payment: {
    created: 'processing',
    authorized: 'authorized',
    captured: 'captured',
    // Only what was captured can be refunded; the refunds come by themselves.
    refunded: 'captured',
    failed: 'failed',
    // The order stays open, and the customer may pay it in another way.
    'failed, of an order': 'failed_retryable',
  },
  refund: {
    pending: 'refund_pending',
    processed: 'refund_succeeded',
    failed: 'refund_failed',
  },
  dispute: {
    open: 'dispute_opened',
    under_review: 'dispute_under_review',
    won: 'dispute_won',
    lost: 'dispute_lost',
    closed: 'dispute_closed',
  },
} as const satisfies Record<RazorpayEntity, Record<string, FactName>>;

/** @throws WebhookError `unreadable`, naming the field that cannot be used */
export function razorpayFacts(event: RazorpayEvent, entity: RazorpayEntity): Fact[] {
  const object = event.entities[entity];
  const status = requiredStatus(`${entity}.status`, object.status);
  const isOfOrder = status === 'failed' && possibleReferenceAt(object, 'order_id') !== undefined;
  const state = entity === 'payment' && isOfOrder ? `${status}, of an order` : status;
  const objectId = requiredReference(`${entity}.id`, object, 'id');
  const amount = () => amountOf(entity, object);
  const fact = makeFact(meaningOf(RAZORPAY_STATES[entity], `${entity}.status`, state), {
    provider: 'razorpay',
    objectId,
    relatedIds: event.objectIds.filter((id) => id !== objectId),
    occurredAt: requiredTime('created_at', event.time),
    parentId: possibleReferenceAt(object, entity === 'payment' ? 'order_id' : 'payment_id'),
    amount,
    failure: () => failureOf([object.error_reason, object.error_code, 'failed'], object.error_description),
    nextAction: () => null,
    payment: () => ({ objectId, amount: amount() }),
  });
  return [fact];
}

/** From the notes, which payments inherit from their order, or the order's receipt. */
export function razorpayIntentId({ entities: { payment, order, refund } }: RazorpayEvent) {
  const noted = [payment, order, refund].map((entity) => objectAt(entity, 'notes').intentId);
  return intentIdIn(...noted, order.receipt);
}

function amountOf(entity: RazorpayEntity, object: JsonObject): Money {
  const currency = requiredCurrency(`${entity}.currency`, object.currency);
  return moneyOfInteger({ name: `${entity}.amount`, value: object.amount }, currency, RAZORPAY_EXPONENTS);
}
