import { confirm } from '../charging.js';
import { notInThisState } from '../errors.js';
import { paymentIntentObject } from '../objects.js';
import { paymentMethod } from '../payment-methods.js';
import type { StripeHandler } from '../world.js';
import { paymentOfPath } from './find-payment.js';

const PARAMETERS = [
  'capture_method',
  'mandate',
  'mandate_data',
  'off_session',
  'payment_method',
  'payment_method_options',
  'payment_method_types',
  'receipt_email',
  'return_url',
  'setup_future_usage',
  'shipping',
  'use_stripe_sdk',
];

/** Who does not authenticate one payment method may try another. */
const CONFIRMABLE = ['requires_payment_method', 'requires_confirmation', 'requires_action'];

/** @see https://docs.stripe.com/api/payment_intents/confirm */
export const confirmPaymentIntent: StripeHandler = (request, world) => {
  const { params, decline } = request;
  const payment = paymentOfPath(request, world);
  params.only(...PARAMETERS);
  const method = params.text('payment_method');
  if (method !== undefined) paymentMethod(method);
  const { status } = payment;
  if (!CONFIRMABLE.includes(status)) {
    const message = `You cannot confirm this PaymentIntent because it has a status of ${status}.`;
    throw notInThisState(message, paymentIntentObject(payment, world.links));
  }
  payment.paymentMethod = method ?? payment.paymentMethod;
  if (payment.paymentMethod === undefined) {
    const message = "You cannot confirm this PaymentIntent because it's missing a payment method.";
    throw notInThisState(message, paymentIntentObject(payment, world.links));
  }
  payment.returnUrl = params.text('return_url') ?? payment.returnUrl;
  world.customer.dismiss('stripe', payment.id);
  confirm(world, payment, decline);
  return paymentIntentObject(payment, world.links);
};
