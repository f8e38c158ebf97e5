import { collection, refundEntity } from '../entities.js';
import { pageOf } from '../page.js';
import type { RazorpayHandler } from '../world.js';
import { paymentOfPath } from './find.js';

/** @see https://razorpay.com/docs/api/refunds/fetch-multiple-refund-payment/ */
export const listPaymentRefunds: RazorpayHandler = (request, world) => {
  const { order, payment } = paymentOfPath(request, world);
  const refunds = pageOf(request.query, [...payment.refunds].reverse());
  return collection(refunds.map((refund) => refundEntity(order, payment, refund)));
};
