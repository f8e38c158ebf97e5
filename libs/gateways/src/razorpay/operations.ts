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
 * What each operation asks of Razorpay. The customer pays at its checkout, so that a confirmation only looks at
 * what they did; and a payment that nobody captures is given back by itself, so that there is nothing to cancel.
 */
export const RAZORPAY_OPERATIONS = {
  create,
  confirm: lookAtPayment,
  authorize: lookAtPayment,
  capture,
  cancel,
  refund,
} as const satisfies Record<GatewayOperation, Send>;

/** The operations that change something at Razorpay. */
export const MUTATIONS: readonly GatewayOperation[] = ['create', 'capture', 'refund'];

/** The longest that there is: five days, in minutes. */
const EXPIRY_MINUTES = 7200;

/**
 * Payments of the order are captured by Razorpay itself, also those that a bank confirms late, unless the intent is
 * to be captured by a call.
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
    // Payments inherit them.
    notes: { intentId, attemptId, orderId },
    payment: CAPTURING[captureMethod],
  };
  const answered = await ask((sdk) => sdk.orders.create(order));
  return answerOfOrder(answered, checkoutOf(keyId, answered.entity));
}

/**
 * The signature proves that the payment is of the order. Whether it is as good as paid, only the payment tells: held
 * if it is to be captured by a call, or until Razorpay captures it.
 */
async function lookAtPayment(
  ask: Ask,
  call: PlannedCall,
  { signingKey }: RazorpayAccount,
): Promise<GatewayAnswer> {
  requireCheckoutSignature(call, signingKey);
  const [orderId, paymentId] = [requiredOrder(call), requiredTarget(call)];
  const payment = await readPayment(ask, paymentId);
  if (payment === null || payment.entity.order_id !== orderId) {
    const message = 'the payment is not of the order';
    throw new GatewayError({ type: 'INVALID_REQUEST', failure: { code: 'payment_of_other_order', message } });
  }
  return answerOfParts(orderId, { ...payment, name: 'payment' });
}

/** All of it: Razorpay refuses a part. @see https://razorpay.com/docs/api/payments/capture/ */
async function capture(ask: Ask, call: PlannedCall): Promise<GatewayAnswer> {
  const paymentId = requiredTarget(call);
  const { amount } = call;
  const sent = integerSent(amount, RAZORPAY_EXPONENTS);
  const answered = await ask((sdk) => sdk.payments.capture(paymentId, sent, amount.currency));
  return answerOfParts(requiredOrder(call), { ...answered, name: 'payment' });
}

/** Closed here, and nothing to call: what is held lapses there by itself. */
async function cancel(_ask: Ask, call: PlannedCall): Promise<GatewayAnswer> {
  return { gatewayObjectId: requiredOrder(call), objectIds: [], facts: [] };
}

/** @see https://razorpay.com/docs/api/refunds/create-normal/ */
async function refund(ask: Ask, call: PlannedCall): Promise<GatewayAnswer> {
  const paymentId = requiredTarget(call);
  const { amount, intentId, attemptId, idempotencyKey } = call;
  const wanted = {
    amount: integerSent(amount, RAZORPAY_EXPONENTS),
    speed: 'normal' as const,
    notes: { intentId, attemptId },
  };
  const answered = await ask((sdk) => sdk.payments.refund(paymentId, wanted), idempotencyKey);
  return answerOfParts(requiredOrder(call), { ...answered, name: 'refund' });
}
