import type { Cache } from './cache.js';

/** The parts of a payment that form its cache keys. A change of the payment makes all three stale. */
export interface CachedPayment {
  /** Public id. */
  readonly intentId: string;
  readonly orderId: string;
  readonly customerId: string;
}

/** Maximum age in seconds of cached payments. */
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
 * Invalidates these payments, their orders and their customers, after a change of them has committed. While Redis
 * does not answer, cached values stay stale: until it does, or until they expire.
 *
 * @returns whether Redis confirmed it
 */
export function forgetPayments(
  cache: Pick<Cache, 'invalidate'>,
  payments: readonly CachedPayment[],
): Promise<boolean> {
  return cache.invalidate(keysOfPayments(payments));
}

/** All cache keys that contain data of these payments, without duplicates. */
export function keysOfPayments(payments: readonly CachedPayment[]): string[] {
  const keys = payments.flatMap(({ intentId, orderId, customerId }) => [
    paymentIntentKey(intentId),
    orderPaymentsKey(orderId),
    customerPaymentsKey(customerId),
  ]);
  return [...new Set(keys)];
}
