import { noSuch } from '../errors.js';
import type { StripePayment } from '../state.js';
import type { StripeRequest, StripeWorld } from '../world.js';

/** The payment intent that the path names. @throws Refusal 404 */
export function paymentOfPath({ path }: StripeRequest, { state }: StripeWorld): StripePayment {
  const id = path.id ?? '';
  const payment = state.payments.get(id);
  if (payment === undefined) throw noSuch('payment_intent', id, 'intent');
  return payment;
}
