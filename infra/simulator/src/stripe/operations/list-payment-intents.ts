import { paymentIntentObject } from '../objects.js';
import { PAGE_PARAMETERS, pageOf } from '../page.js';
import type { StripeHandler } from '../world.js';

/** @see https://docs.stripe.com/api/payment_intents/list */
export const listPaymentIntents: StripeHandler = ({ params }, { state, links }) => {
  params.only(...PAGE_PARAMETERS, 'created', 'customer');
  const isInRange = params.range('created');
  const customer = params.text('customer');
  const payments = [...state.payments.values()]
    .filter((payment) => isInRange(payment.created))
    .filter((payment) => customer === undefined || payment.customer === customer)
    .reverse();
  return pageOf(params, '/v1/payment_intents', payments, (payment) => paymentIntentObject(payment, links));
};
