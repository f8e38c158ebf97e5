import type { GatewayIdempotencyKey, GatewayOperation, IntentId } from '../ids.js';
import type { Money } from '../money.js';
import type { CaptureMethod } from '../payment.js';
import { legOf } from '../payment.js';
import { type AttemptId, idempotencyKeyOf } from './attempt.js';
import type { AttemptSubject } from './subject.js';

/** One call as a gateway's client takes it. What an operation has no use for is null. */
export interface PlannedCall {
  readonly operation: GatewayOperation;
  readonly idempotencyKey: GatewayIdempotencyKey;
  readonly attemptId: AttemptId;
  readonly intentId: IntentId;
  readonly orderId: string;
  readonly customerId: string;
  /** Of what the operation moves; of one without an amount the intent's. */
  readonly amount: Money;
  readonly captureMethod: CaptureMethod;
  /** The object that the leg was opened for; null only for `create`. */
  readonly gatewayObjectId: string | null;
  /** What is acted on, where that is another object: see `targetOf`. */
  readonly targetId: string | null;
  readonly paymentMethodToken: string | null;
  readonly gatewaySignature: string | null;
  readonly returnUrl: string | null;
  readonly reason: string | null;
  readonly metadata: Readonly<Record<string, string>>;
}

/** The same for the same key, whenever it is asked for: everything that it is made from stays. */
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
    ...{ operation, attemptId, idempotencyKey: idempotencyKeyOf(attempt), targetId },
    ...{ intentId: intent.intentId, orderId: intent.orderId, customerId: intent.customerId },
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
