import type { GatewayOperation, PlannedCall } from '@payments/domain';
import type { GatewayAnswer } from '../client/gateway-client.js';
import { GatewayError } from '../client/gateway-error.js';
import { requiredOrder, requiredTarget } from '../client/required-ids.js';
import { integerSent } from '../client/sent-amounts.js';
import type { RazorpayAccount } from './account.js';
import { answerOfOrder, answerOfParts } from './answer.js';
import { checkoutOf, requireCheckoutSignature } from './checkout.js';
import { RAZORPAY_EXPONENTS } from './facts.js';
import { type Ask, readPayment } from './reads.js';

type Send = (ask: Ask, call: PlannedCall, account: RazorpayAccount) => Promise<GatewayAnswer>;

/**
 * The request of each operation. The customer pays at Razorpay's checkout, so a confirmation only reads the payment.
 * Razorpay releases payments that are not captured, so a cancellation makes no request.
 */
export const RAZORPAY_OPERATIONS = {
  create,
  confirm,
  authorize: confirm,
  capture,
  cancel,
  refund,
} as const satisfies Record<GatewayOperation, Send>;

/** The operations that change something at Razorpay. */
export const MUTATIONS: readonly GatewayOperation[] = ['create', 'capture', 'refund'];

/** The maximum: five days, in minutes. */
const EXPIRY_MINUTES = 7200;

/**
 * Razorpay captures the order's payments by itself, also those that a bank confirms late, unless the intent's capture
 * method is manual.
 *
 * @see https://razorpay.com/docs/payments/payments/capture-settings/api/
 */
const CAPTURING = {
  automatic: {
    capture: 'automatic',
    capture_options: {
      automatic_expiry_period: EXPIRY_MINUTES,
      manual_expiry_period: EXPIRY_MINUTES,
      refund_speed: 'normal',
    },
  },
  manual: { capture: 'manual' },
} as const;

/** @see https://razorpay.com/docs/api/orders/create/ */
async function create(ask: Ask, call: PlannedCall, { keyId }: RazorpayAccount): Promise<GatewayAnswer> {
  const { amount, captureMethod, intentId, attemptId, orderId } = call;
  const order = {
    amount: integerSent(amount, RAZORPAY_EXPONENTS),
    currency: amount.currency,
    receipt: intentId,
    // Inherited by the order's payments.
    notes: { intentId, attemptId, orderId },
    payment: CAPTURING[captureMethod],
  };
  const answered = await ask((sdk) => sdk.orders.create(order));
  return answerOfOrder(answered, checkoutOf(keyId, answered.entity));
}

/**
 * The signature proves that the payment belongs to the order. Its status is read from the payment: authorized until we
 * or Razorpay capture it.
 */
async function confirm(ask: Ask, call: PlannedCall, { signingKey }: RazorpayAccount): Promise<GatewayAnswer> {
  requireCheckoutSignature(call, signingKey);
  const [orderId, paymentId] = [requiredOrder(call), requiredTarget(call)];
  const payment = await readPayment(ask, paymentId);
  if (payment === null || payment.entity.order_id !== orderId) {
    const message = 'the payment is not of the order';
    throw new GatewayError({ type: 'INVALID_REQUEST', failure: { code: 'payment_of_other_order', message } });
  }
  return answerOfParts(orderId, { ...payment, name: 'payment' });
}

/** In full: Razorpay rejects a partial capture. @see https://razorpay.com/docs/api/payments/capture/ */
async function capture(ask: Ask, call: PlannedCall): Promise<GatewayAnswer> {
  const paymentId = requiredTarget(call);
  const { amount } = call;
  const sent = integerSent(amount, RAZORPAY_EXPONENTS);
  const answered = await ask((sdk) => sdk.payments.capture(paymentId, sent, amount.currency));
  return answerOfParts(requiredOrder(call), { ...answered, name: 'payment' });
}

/** Closed on our side only: Razorpay releases an authorized payment by itself. */
async function cancel(_ask: Ask, call: PlannedCall): Promise<GatewayAnswer> {
  return { gatewayObjectId: requiredOrder(call), objectIds: [], facts: [] };
}

/** @see https://razorpay.com/docs/api/refunds/create-normal/ */
async function refund(ask: Ask, call: PlannedCall): Promise<GatewayAnswer> {
  const paymentId = requiredTarget(call);
  const { amount, intentId, attemptId, idempotencyKey } = call;
  const parameters = {
    amount: integerSent(amount, RAZORPAY_EXPONENTS),
    speed: 'normal' as const,
    notes: { intentId, attemptId },
  };
  const answered = await ask((sdk) => sdk.payments.refund(paymentId, parameters), idempotencyKey);
  return answerOfParts(requiredOrder(call), { ...answered, name: 'refund' });
}
