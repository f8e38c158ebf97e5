import { refundResource } from '../resources.js';
import type { PayPalHandler } from '../world.js';
import { refundOfPath } from './find.js';

/** @see https://developer.paypal.com/docs/api/payments/v2/#refunds_get */
export const getRefund: PayPalHandler = (request, world) => {
  const { order, child } = refundOfPath(request, world);
  return { status: 200, body: refundResource(order, child) };
};
