import type { EventRow } from '../webhook.js';
import { eventTime, objectAt, parseWebhookBody, referenceAt, requiredIdentifier } from '../webhook-body.js';
import { type PayPalReading, readPayPalResource } from './resource.js';

/** What an event's resource is, in the v1 or the v2 API. A v1 sale counts as a capture. */
export type PayPalEntity =
  | 'order'
  | 'approval'
  | 'authorization'
  | 'capture'
  | 'refund'
  | 'reversal'
  | 'dispute';

/**
 * Event types with an effect on a payment; all others are recorded without one (CHECKOUT.ORDER.COMPLETED among them:
 * its captures have events of their own).
 *
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

export interface PayPalEvent extends PayPalReading {
  readonly id: string;
  readonly type: string;
  readonly key: string;
}

/** @throws WebhookError `unreadable` */
export function readPayPalEvent(body: Buffer): PayPalEvent {
  const event = parseWebhookBody(body);
  const id = requiredIdentifier(event, 'id');
  const type = requiredIdentifier(event, 'event_type');
  const reading = readPayPalResource(objectAt(event, 'resource'), {
    isOrder: type.startsWith('CHECKOUT.ORDER.'),
    time: eventTime(event.create_time),
  });
  // Our own intent id first: no other id is in orders, captures and refunds alike.
  const key = reading.intentId ?? paymentLevelId(type, reading) ?? id;
  return { ...reading, id, type, key };
}

const PAYMENT_TYPES = /^(?:PAYMENT\.(?:AUTHORIZATION|CAPTURE|SALE|ORDER|REFUND)|CHECKOUT)\./;

/** Order id (v1: payment id), else capture id, else the payment resource's own id. */
function paymentLevelId(type: string, { resource, related }: PayPalReading): string | undefined {
  return (
    related.order ??
    related.parentPayment ??
    related.capture ??
    related.disputed[0] ??
    (PAYMENT_TYPES.test(type) ? referenceAt(resource, 'id') : undefined)
  );
}
