import { noSuch } from '../errors.js';
import { chargeObject } from '../objects.js';
import type { StripeHandler } from '../world.js';

/** @see https://docs.stripe.com/api/charges/retrieve */
export const retrieveCharge: StripeHandler = ({ params, path }, { state }) => {
  params.only();
  const id = path.id ?? '';
  const payment = state.payments.ownerOf(id);
  const charge = payment?.charges.find((one) => one.id === id);
  if (payment === undefined || charge === undefined) throw noSuch('charge', id);
  return chargeObject(payment, charge);
};
