import { collection, paymentEntity } from '../entities.js';
import { pageOf } from '../page.js';
import type { RazorpayHandler } from '../world.js';

/** @see https://razorpay.com/docs/api/payments/fetch-all-payments/ */
export const listPayments: RazorpayHandler = ({ query }, { state }) => {
  const payments = [...state.orders.values()]
    .flatMap((order) => order.payments.map((payment) => ({ createdS: payment.createdS, order, payment })))
    .sort((left, right) => right.createdS - left.createdS);
  return collection(pageOf(query, payments).map(({ order, payment }) => paymentEntity(order, payment)));
};
