import { paymentEntity } from '../entities.js';
import type { RazorpayHandler } from '../world.js';
import { paymentOfPath } from './find.js';

/** @see https://razorpay.com/docs/api/payments/fetch-with-id/ */
export const fetchPayment: RazorpayHandler = (request, world) => {
  const { order, payment } = paymentOfPath(request, world);
  return paymentEntity(order, payment);
};
