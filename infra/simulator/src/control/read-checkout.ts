import { checkoutOf } from '../razorpay/paying.js';
import { type ControlHandler, refused } from './control-request.js';

/** What Razorpay's checkout handed to the shop's page when the customer had paid. */
export const readCheckout: ControlHandler = ({ path }, { razorpay }) => {
  const order = razorpay.orders.get(path.id ?? '');
  const checkout = order && checkoutOf(order);
  if (checkout === undefined) throw refused(404, `order ${path.id} has not been paid`);
  return checkout;
};
