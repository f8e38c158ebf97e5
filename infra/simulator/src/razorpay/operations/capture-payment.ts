import { paymentEntity } from '../entities.js';
import { badRequest } from '../errors.js';
import { capture } from '../paying.js';
import type { RazorpayHandler } from '../world.js';
import { paymentOfPath } from './find.js';

/** The whole amount, once. @see https://razorpay.com/docs/api/payments/capture/ */
export const capturePayment: RazorpayHandler = (request, world) => {
  const { order, payment } = paymentOfPath(request, world);
  const { body } = request;
  body.only('amount', 'currency');
  const amount = body.requiredInteger('amount', { min: 1, max: Number.MAX_SAFE_INTEGER });
  const currency = body.text('currency', { max: 3 }) ?? 'INR';
  if (payment.isCaptured) throw badRequest('This payment has already been captured');
  if (payment.status !== 'authorized') {
    throw badRequest('Only payments which have been authorized and not yet captured can be captured');
  }
  if (currency !== order.currency)
    throw badRequest('Capture currency must be equal to the payment currency', 'currency');
  if (amount !== payment.amount) {
    throw badRequest('Capture amount must be equal to the amount authorized', 'amount');
  }
  capture(world, order, payment);
  return paymentEntity(order, payment);
};
