import { noSuch } from '../errors.js';
import { refundObject } from '../objects.js';
import type { StripeHandler } from '../world.js';

/** @see https://docs.stripe.com/api/refunds/retrieve */
export const retrieveRefund: StripeHandler = ({ params, path }, { state }) => {
  params.only();
  const id = path.id ?? '';
  const payment = state.payments.ownerOf(id);
  const refund = payment?.refunds.find((one) => one.id === id);
  if (payment === undefined || refund === undefined) throw noSuch('refund', id);
  return refundObject(payment, refund);
};
