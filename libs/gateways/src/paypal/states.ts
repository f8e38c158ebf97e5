import type { FactName } from '@payments/domain';
import type { PayPalEntity } from './events.js';

/**
 * The fact for each state of a resource: its v2 `status` or v1 `state`, in capitals, with the outcome of a resolved
 * dispute. Null: nothing happened to the payment.
 *
 * Sources: https://developer.paypal.com/docs/api/orders/v2/, /payments/v2/, /payments/v1/, /customer-disputes/v1/
 */
export const PAYPAL_STATES = {
  order: {
    CREATED: 'requires_action',
    SAVED: 'requires_action',
    PAYER_ACTION_REQUIRED: 'requires_action',
    APPROVED: 'approved',
    // Its captures and authorizations yield the facts.
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
    // Its captures yield facts of their own.
    PARTIALLY_CAPTURED: 'authorized',
    CAPTURED: 'authorized',
    DENIED: 'failed',
    VOIDED: 'voided',
    EXPIRED: 'voided',
  },
  capture: {
    PENDING: 'processing',
    COMPLETED: 'captured',
    // Only a captured payment can be refunded; the refunds yield facts of their own.
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
   * Money that PayPal took back by itself. The customer has it again, so it counts as a refund: otherwise the same
   * money could be refunded a second time. The resource is the refund, or the capture in its new state.
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
    // Documented as open, but in none of the other statuses.
    OTHER: 'dispute_opened',
    'RESOLVED, RESOLVED_BUYER_FAVOUR': 'dispute_lost',
    'RESOLVED, ACCEPTED': 'dispute_lost',
    'RESOLVED, RESOLVED_SELLER_FAVOUR': 'dispute_won',
    'RESOLVED, DENIED': 'dispute_won',
    // PayPal pays the customer, and we keep the money.
    'RESOLVED, RESOLVED_WITH_PAYOUT': 'dispute_closed',
    'RESOLVED, CANCELED_BY_BUYER': 'dispute_closed',
    'RESOLVED, NONE': 'dispute_closed',
  },
} as const satisfies Record<PayPalEntity, Record<string, FactName | null>>;
