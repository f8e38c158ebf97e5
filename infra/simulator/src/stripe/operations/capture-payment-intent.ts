import { capture } from '../charging.js';
import { amountRefused, notInThisState } from '../errors.js';
import { paymentIntentObject } from '../objects.js';
import type { StripeHandler } from '../world.js';
import { paymentOfPath } from './find-payment.js';

const PARAMETERS = [
  'amount_to_capture',
  'final_capture',
  'metadata',
  'statement_descriptor',
  'statement_descriptor_suffix',
];

/** @see https://docs.stripe.com/api/payment_intents/capture */
export const capturePaymentIntent: StripeHandler = (request, world) => {
  const payment = paymentOfPath(request, world);
  request.params.only(...PARAMETERS);
  const amount = request.params.amount('amount_to_capture') ?? payment.amount;
  if (payment.status !== 'requires_capture') {
    const message = `This PaymentIntent could not be captured because it has a status of ${payment.status}. Only a PaymentIntent with one of the following statuses may be captured: requires_capture.`;
    throw notInThisState(message, paymentIntentObject(payment, world.links));
  }
  if (amount > payment.amount) {
    const message = `The amount to capture (${amount}) is greater than the amount capturable (${payment.amount}).`;
    throw amountRefused('amount_to_capture', message, 'amount_too_large');
  }
  capture(world, payment, amount);
  return paymentIntentObject(payment, world.links);
};
