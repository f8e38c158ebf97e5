/** What is cached of a payment, by key. A change of the payment makes all three stale. */
export interface CachedPayment {
  /** Public id. */
  readonly intentId: string;
  readonly orderId: string;
  readonly customerId: string;
}

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

/** Every key that holds something of these payments, once: to be deleted after a change has committed. */
export function keysOfPayments(payments: readonly CachedPayment[]): string[] {
  const keys = payments.flatMap(({ intentId, orderId, customerId }) => [
    paymentIntentKey(intentId),
    orderPaymentsKey(orderId),
    customerPaymentsKey(customerId),
  ]);
  return [...new Set(keys)];
}
