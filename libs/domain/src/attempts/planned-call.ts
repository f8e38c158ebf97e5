import type { GatewayIdempotencyKey, GatewayOperation, IntentId } from '../ids.js';
import type { Money } from '../money.js';
import type { CaptureMethod } from '../payment.js';
import { legOf } from '../payment.js';
import { type AttemptId, idempotencyKeyOf } from './attempt.js';
import type { AttemptSubject } from './subject.js';

/** A call to a gateway. Fields that an operation does not use are null. */
export interface PlannedCall {
  readonly operation: GatewayOperation;
  /** Repeated under the same key, it is the same call, where the gateway has keys. */
  readonly idempotencyKey: GatewayIdempotencyKey;
  /** Our id of the attempt; attached to the object that it creates, so that the object can be found. */
  readonly attemptId: AttemptId;
  readonly intentId: IntentId;
  readonly orderId: string;
  readonly customerId: string;
  /** The amount of the operation; for a creation, a confirmation and a cancellation the intent's. */
  readonly amount: Money;
  readonly captureMethod: CaptureMethod;
  /** The object that the leg was opened for: payment intent or order. Null only for `create`. */
  readonly gatewayObjectId: string | null;
  /**
   * The object of the operation, where it differs: the one that holds the money for `capture` and `cancel` (PayPal's
   * authorization, Razorpay's payment), the one that took it for `refund` (PayPal's capture, Razorpay's payment), and
   * the payment made in Razorpay's checkout for `confirm`.
   */
  readonly targetId: string | null;
  readonly paymentMethodToken: string | null;
  /** Of Razorpay's checkout: the HMAC of order and payment. */
  readonly gatewaySignature: string | null;
  readonly returnUrl: string | null;
  readonly reason: string | null;
  readonly metadata: Readonly<Record<string, string>>;
}

/** Always the same for a given key: everything it is derived from is immutable. */
export function plannedCall(
  { attempt, payment, terms, details }: AttemptSubject,
  targetId: string | null,
): PlannedCall {
  const { intent } = payment;
  const { operation, attemptId, amount } = attempt;
  const text = (name: string): string | null => {
    const value = details[name];
    return typeof value === 'string' ? value : null;
  };
  return {
    operation,
    attemptId,
    idempotencyKey: idempotencyKeyOf(attempt),
    targetId,
    intentId: intent.intentId,
    orderId: intent.orderId,
    customerId: intent.customerId,
    amount: { amountMinor: amount ?? intent.amount, currency: intent.currency },
    captureMethod: intent.captureMethod,
    gatewayObjectId: operation === 'create' ? null : legOf(payment, attempt.leg).gatewayObjectId,
    paymentMethodToken: text('paymentMethodToken') ?? terms.paymentMethodToken,
    gatewaySignature: text('gatewaySignature'),
    returnUrl: text('returnUrl') ?? terms.returnUrl,
    reason: text('reason'),
    metadata: terms.metadata,
  };
}
