import { refundEntity } from '../entities.js';
import type { RazorpayHandler } from '../world.js';
import { refundOfPath } from './find.js';

/** @see https://razorpay.com/docs/api/refunds/fetch-with-id/ */
export const fetchRefund: RazorpayHandler = (request, world) => {
  const { order, payment, refund } = refundOfPath(request, world);
  return refundEntity(order, payment, refund);
};
