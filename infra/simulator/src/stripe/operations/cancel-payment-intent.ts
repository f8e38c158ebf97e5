import { notInThisState } from '../errors.js';
import { paymentIntentObject } from '../objects.js';
import { liveCharge } from '../state.js';
import type { StripeHandler } from '../world.js';
import { paymentOfPath } from './find-payment.js';

/** Stripe also lets go of some that are `processing`, in rare cases that it does not name. */
const CANCELABLE = [
  'requires_payment_method',
  'requires_confirmation',
  'requires_action',
  'requires_capture',
];

const REASONS = ['duplicate', 'fraudulent', 'requested_by_customer', 'abandoned'] as const;

/** @see https://docs.stripe.com/api/payment_intents/cancel */
export const cancelPaymentIntent: StripeHandler = (request, world) => {
  const payment = paymentOfPath(request, world);
  request.params.only('cancellation_reason');
  const reason = request.params.oneOf('cancellation_reason', REASONS);
  const { status } = payment;
  if (!CANCELABLE.includes(status)) {
    const message = `You cannot cancel this PaymentIntent because it has a status of ${status}.`;
    throw notInThisState(message, paymentIntentObject(payment, world.links));
  }
  const charge = liveCharge(payment);
  if (charge !== undefined) charge.state = 'released';
  payment.status = 'canceled';
  payment.canceledAt = world.clock.seconds();
  payment.cancellationReason = reason;
  world.customer.dismiss('stripe', payment.id);
  world.publish('payment_intent.canceled', paymentIntentObject(payment, world.links));
  return paymentIntentObject(payment, world.links);
};
