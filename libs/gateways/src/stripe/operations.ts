import type { GatewayOperation, PlannedCall } from '@payments/domain';
import type { Stripe } from 'stripe';
import type { GatewayAnswer } from '../client/gateway-client.js';
import { integerSent } from '../client/sent-amounts.js';
import { answerOf } from './answer.js';
import { answeredNow } from './answered-now.js';
import { STRIPE_EXPONENTS } from './facts.js';
import { stripeMetadata } from './metadata.js';
import { requiredPaymentIntent } from './required-payment-intent.js';

type Send = (stripe: Stripe, call: PlannedCall, options: Stripe.RequestOptions) => Promise<GatewayAnswer>;

/**
 * The request of each operation. Create and confirm are separate calls, so that the intent's id is known before money
 * moves. Authorizing is confirming too: the intent's `capture_method` makes the difference.
 */
export const STRIPE_OPERATIONS = {
  create,
  confirm,
  authorize: confirm,
  capture,
  cancel,
  refund,
} as const satisfies Record<GatewayOperation, Send>;

/** Sends a call once under its key. @throws whatever the SDK throws */
export function sendToStripe(stripe: Stripe, call: PlannedCall): Promise<GatewayAnswer> {
  return STRIPE_OPERATIONS[call.operation](stripe, call, { idempotencyKey: call.idempotencyKey });
}

/** @see https://docs.stripe.com/api/payment_intents/create */
async function create(stripe: Stripe, call: PlannedCall, options: Stripe.RequestOptions) {
  const { amount, captureMethod, paymentMethodToken, returnUrl } = call;
  const parameters: Stripe.PaymentIntentCreateParams = {
    amount: integerSent(amount, STRIPE_EXPONENTS),
    currency: amount.currency.toLowerCase(),
    capture_method: captureMethod,
    // Methods that redirect the customer cannot be confirmed without a return URL.
    automatic_payment_methods: { enabled: true, allow_redirects: returnUrl === null ? 'never' : 'always' },
    metadata: stripeMetadata(call, call.metadata),
    ...(paymentMethodToken === null ? {} : { payment_method: paymentMethodToken }),
  };
  return answerOf(await answeredNow(stripe, await stripe.paymentIntents.create(parameters, options)));
}

/** @see https://docs.stripe.com/api/payment_intents/confirm */
async function confirm(stripe: Stripe, call: PlannedCall, options: Stripe.RequestOptions) {
  const { paymentMethodToken, returnUrl } = call;
  const parameters: Stripe.PaymentIntentConfirmParams = {
    ...(paymentMethodToken === null ? {} : { payment_method: paymentMethodToken }),
    ...(returnUrl === null ? {} : { return_url: returnUrl }),
  };
  const id = requiredPaymentIntent(call);
  return answerOf(await answeredNow(stripe, await stripe.paymentIntents.confirm(id, parameters, options)));
}

/** Stripe releases what is not captured. @see https://docs.stripe.com/api/payment_intents/capture */
async function capture(stripe: Stripe, call: PlannedCall, options: Stripe.RequestOptions) {
  const parameters = { amount_to_capture: integerSent(call.amount, STRIPE_EXPONENTS) };
  const id = requiredPaymentIntent(call);
  return answerOf(await answeredNow(stripe, await stripe.paymentIntents.capture(id, parameters, options)));
}

const CANCELLATION_REASONS = ['duplicate', 'fraudulent', 'requested_by_customer', 'abandoned'] as const;

/** @see https://docs.stripe.com/api/payment_intents/cancel */
async function cancel(stripe: Stripe, call: PlannedCall, options: Stripe.RequestOptions) {
  const reason = CANCELLATION_REASONS.find((one) => one === call.reason);
  const parameters = reason === undefined ? {} : { cancellation_reason: reason };
  const id = requiredPaymentIntent(call);
  return answerOf(await answeredNow(stripe, await stripe.paymentIntents.cancel(id, parameters, options)));
}

const REFUND_REASONS = ['duplicate', 'fraudulent', 'requested_by_customer'] as const;

/** Refunds do not inherit metadata, so they get their own. @see https://docs.stripe.com/api/refunds/create */
async function refund(stripe: Stripe, call: PlannedCall, options: Stripe.RequestOptions) {
  const reason = REFUND_REASONS.find((one) => one === call.reason);
  const otherReason = reason === undefined && call.reason !== null ? { reason: call.reason } : {};
  const parameters: Stripe.RefundCreateParams = {
    payment_intent: requiredPaymentIntent(call),
    amount: integerSent(call.amount, STRIPE_EXPONENTS),
    metadata: stripeMetadata(call, otherReason),
    ...(reason === undefined ? {} : { reason }),
  };
  return answerOf(await answeredNow(stripe, await stripe.refunds.create(parameters, options)));
}
