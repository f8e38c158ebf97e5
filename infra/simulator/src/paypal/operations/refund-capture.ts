import { paypalId } from '../../gateway-ids.js';
import { readAmount } from '../amounts.js';
import { unprocessable } from '../errors.js';
import { minimal, refundResource } from '../resources.js';
import { amountRefunded, type PayPalRefund } from '../state.js';
import type { PayPalHandler } from '../world.js';
import { captureOfPath } from './find.js';

/** @see https://developer.paypal.com/docs/api/payments/v2/#captures_refund */
export const refundCapture: PayPalHandler = (request, world) => {
  const { order, child: capture } = captureOfPath(request, world);
  const { body, wantsAll } = request;
  if (capture.status === 'PENDING') {
    throw unprocessable('CAPTURE_STATUS_NOT_VALID', 'Invalid capture status. The capture is pending.');
  }
  const left = capture.amount - amountRefunded(order, capture.id);
  if (left === 0)
    throw unprocessable('CAPTURE_FULLY_REFUNDED', 'The capture has already been fully refunded.');
  const wanted = body.object('amount');
  const amount = wanted === undefined ? left : readAmount(wanted, '/amount', order.currency).amount;
  if (amount > left) {
    const description = 'The refund amount must be less than or equal to the capture amount that is left.';
    throw unprocessable('REFUND_AMOUNT_EXCEEDED', description, '/amount/value');
  }
  const refund: PayPalRefund = {
    id: paypalId(),
    captureId: capture.id,
    createdMs: world.clock.now(),
    amount,
    customId: body.text('custom_id', { max: 127 }),
    invoiceId: body.text('invoice_id', { max: 127 }),
  };
  world.state.addRefund(order, refund);
  capture.status = amount === left ? 'REFUNDED' : 'PARTIALLY_REFUNDED';
  capture.updatedMs = refund.createdMs;
  const resource = refundResource(order, refund);
  world.publish('PAYMENT.CAPTURE.REFUNDED', 'refund', resource);
  return { status: 201, body: wantsAll ? resource : minimal(resource) };
};
