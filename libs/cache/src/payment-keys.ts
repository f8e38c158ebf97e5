import type { Cache } from './cache.js';

/** What is cached of a payment, by key. A change of the payment makes all three stale. */
export interface CachedPayment {
  /** Public id. */
  readonly intentId: string;
  readonly orderId: string;
  readonly customerId: string;
}

/** How long what was read of payments may be told again, in seconds. */
export const PAYMENT_TTL_S = 300;

/** One payment, as readers see it. */
export function paymentIntentKey(intentId: string): string {
  return `payment_intent:${intentId}`;
}

/** The payments of an order. */
export function orderPaymentsKey(orderId: string): string {
  return `order_payments:${orderId}`;
}

/** The first page of a customer's payments. */
export function customerPaymentsKey(customerId: string): string {
  return `customer_payments:${customerId}`;
}

/**
 * Makes readers forget these payments, their orders and their customers: after a change of them has committed.
 * While Redis does not answer, what is cached stays old: until it does, or its time to live ends.
 *
 * @returns whether Redis has forgotten them.
 */
export function forgetPayments(
  cache: Pick<Cache, 'invalidate'>,
  payments: readonly CachedPayment[],
): Promise<boolean> {
  return cache.invalidate(keysOfPayments(payments));
}

/** Every key that holds something of these payments, once. */
export function keysOfPayments(payments: readonly CachedPayment[]): string[] {
  const keys = payments.flatMap(({ intentId, orderId, customerId }) => [
    paymentIntentKey(intentId),
    orderPaymentsKey(orderId),
    customerPaymentsKey(customerId),
  ]);
  return [...new Set(keys)];
}
