import { collection, paymentEntity } from '../entities.js';
import type { RazorpayHandler } from '../world.js';
import { orderOfPath } from './find.js';

/** @see https://razorpay.com/docs/api/orders/fetch-payments/ */
export const listOrderPayments: RazorpayHandler = (request, world) => {
  const order = orderOfPath(request, world);
  return collection(order.payments.map((payment) => paymentEntity(order, payment)).reverse());
};
