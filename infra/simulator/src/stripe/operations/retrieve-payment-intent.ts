import { paymentIntentObject } from '../objects.js';
import type { StripeHandler } from '../world.js';
import { paymentOfPath } from './find-payment.js';

/** @see https://docs.stripe.com/api/payment_intents/retrieve */
export const retrievePaymentIntent: StripeHandler = (request, world) => {
  request.params.only('client_secret');
  return paymentIntentObject(paymentOfPath(request, world), world.links);
};
