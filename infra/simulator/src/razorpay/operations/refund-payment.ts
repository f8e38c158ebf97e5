import { refundEntity } from '../entities.js';
import { badRequest } from '../errors.js';
import { refund } from '../paying.js';
import { amountRefunded } from '../state.js';
import type { RazorpayHandler } from '../world.js';
import { paymentOfPath } from './find.js';

const NOTES = { keysMax: 15, valueMax: 256 } as const;

/** @see https://razorpay.com/docs/api/refunds/create-normal/ */
export const refundPayment: RazorpayHandler = (request, world) => {
  const { order, payment } = paymentOfPath(request, world);
  const { body } = request;
  body.only('amount', 'speed', 'notes', 'receipt');
  if (!payment.isCaptured) throw badRequest('The payment status should be captured for action to be taken');
  const left = payment.amount - amountRefunded(payment);
  if (left === 0) throw badRequest('The payment has been fully refunded already');
  const amount = body.integer('amount', { min: 1, max: Number.MAX_SAFE_INTEGER }) ?? left;
  if (amount > left)
    throw badRequest('The total refund amount is greater than the refund payment amount', 'amount');
  const made = refund(world, order, payment, {
    amount,
    notes: body.texts('notes', NOTES),
    receipt: body.text('receipt', { max: 40 }) ?? null,
    speed: body.oneOf('speed', ['normal', 'optimum']) ?? 'normal',
    isRelease: false,
  });
  return refundEntity(order, payment, made);
};
