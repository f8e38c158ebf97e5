import type { FactName } from '@payments/domain';
import type { PayPalEntity } from './events.js';

/**
 * What the state of a resource means: its v2 `status` or v1 `state`, in capitals, and for a resolved dispute its
 * outcome. Null: nothing happened to the payment.
 * Sources: https://developer.paypal.com/docs/api/orders/v2/, /payments/v2/, /payments/v1/, /customer-disputes/v1/
 */
export const PAYPAL_STATES = {
  order: {
    CREATED: 'requires_action',
    SAVED: 'requires_action',
    PAYER_ACTION_REQUIRED: 'requires_action',
    APPROVED: 'approved',
    // Its captures and authorizations come by themselves.
    COMPLETED: null,
    DECLINED: 'failed',
    VOIDED: 'canceled',
    CANCELLED: 'canceled',
  },
  approval: {
    REVERSED: 'canceled',
  },
  authorization: {
    PENDING: 'processing',
    CREATED: 'authorized',
    AUTHORIZED: 'authorized',
    // What was taken of it comes by itself.
    PARTIALLY_CAPTURED: 'authorized',
    CAPTURED: 'authorized',
    DENIED: 'failed',
    VOIDED: 'voided',
    EXPIRED: 'voided',
  },
  capture: {
    PENDING: 'processing',
    COMPLETED: 'captured',
    // Only what was captured can be refunded; the refunds come by themselves.
    PARTIALLY_REFUNDED: 'captured',
    REFUNDED: 'captured',
    DECLINED: 'failed',
    DENIED: 'failed',
    FAILED: 'failed',
  },
  refund: {
    PENDING: 'refund_pending',
    COMPLETED: 'refund_succeeded',
    FAILED: 'refund_failed',
    CANCELLED: 'refund_canceled',
  },
  /**
   * Money that PayPal took back by itself. It is with the customer again, so it is a refund whoever wanted it:
   * counted otherwise, the same money could be refunded a second time. The resource is the refund, or the
   * capture itself in a state that tells what became of it.
   */
  reversal: {
    PENDING: 'refund_pending',
    COMPLETED: 'refund_succeeded',
    REVERSED: 'refund_succeeded',
    REFUNDED: 'refund_succeeded',
    PARTIALLY_REFUNDED: 'refund_succeeded',
    FAILED: 'refund_failed',
    CANCELLED: 'refund_canceled',
  },
  dispute: {
    OPEN: 'dispute_opened',
    WAITING_FOR_BUYER_RESPONSE: 'dispute_opened',
    WAITING_FOR_SELLER_RESPONSE: 'dispute_opened',
    UNDER_REVIEW: 'dispute_under_review',
    // By its document: open, in none of the other ways.
    OTHER: 'dispute_opened',
    'RESOLVED, RESOLVED_BUYER_FAVOUR': 'dispute_lost',
    'RESOLVED, ACCEPTED': 'dispute_lost',
    'RESOLVED, RESOLVED_SELLER_FAVOUR': 'dispute_won',
    'RESOLVED, DENIED': 'dispute_won',
    // PayPal pays the customer, and the money stays with us.
    'RESOLVED, RESOLVED_WITH_PAYOUT': 'dispute_closed',
    'RESOLVED, CANCELED_BY_BUYER': 'dispute_closed',
    'RESOLVED, NONE': 'dispute_closed',
  },
} as const satisfies Record<PayPalEntity, Record<string, FactName | null>>;
