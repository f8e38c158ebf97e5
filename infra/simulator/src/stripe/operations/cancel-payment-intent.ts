import { notInThisState } from '../errors.js';
import { paymentIntentObject } from '../objects.js';
import { liveCharge } from '../state.js';
import type { StripeHandler } from '../world.js';
import { paymentOfPath } from './find-payment.js';

const REASONS = ['duplicate', 'fraudulent', 'requested_by_customer', 'abandoned'] as const;

/** @see https://docs.stripe.com/api/payment_intents/cancel */
export const cancelPaymentIntent: StripeHandler = (request, world) => {
  const payment = paymentOfPath(request, world);
  request.params.only('cancellation_reason');
  const reason = request.params.oneOf('cancellation_reason', REASONS);
  const { status } = payment;
  if (status === 'succeeded' || status === 'canceled') {
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
