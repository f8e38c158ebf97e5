import { readAmount } from '../amounts.js';
import { capture, refuseIfDeclined } from '../capturing.js';
import { unprocessable } from '../errors.js';
import { captureResource, minimal } from '../resources.js';
import { amountCaptured, type PayPalAuthorization, type PayPalOrder } from '../state.js';
import type { PayPalHandler, PayPalRequest } from '../world.js';
import { authorizationOfPath } from './find.js';

/** Up to the authorized amount. @see https://developer.paypal.com/docs/api/payments/v2/#authorizations_capture */
export const captureAuthorization: PayPalHandler = (request, world) => {
  const { order, child: authorization } = authorizationOfPath(request, world);
  requireCapturable(authorization);
  const left = authorization.amount - amountCaptured(order);
  const amount = amountOf(request, order) ?? left;
  if (amount > left) {
    throw unprocessable('MAX_CAPTURE_AMOUNT_EXCEEDED', 'Capture amount exceeds allowable limit.', '/amount');
  }
  refuseIfDeclined(request.decline);
  const isFinal = (request.body.boolean('final_capture') ?? false) || amount === left;
  const invoiceId = request.body.text('invoice_id', { max: 127 });
  authorization.status = isFinal ? 'CAPTURED' : 'PARTIALLY_CAPTURED';
  authorization.updatedMs = world.clock.now();
  const wanted = { amount, isFinal, authorizationId: authorization.id, invoiceId };
  const resource = captureResource(order, capture(world, order, wanted, request.decline));
  return { status: 201, body: request.wantsAll ? resource : minimal(resource) };
};

function requireCapturable({ status }: PayPalAuthorization): void {
  if (status === 'VOIDED') {
    throw unprocessable('AUTHORIZATION_VOIDED', 'A voided authorization cannot be captured.');
  }
  if (status === 'CAPTURED') {
    throw unprocessable('AUTHORIZATION_ALREADY_CAPTURED', 'Authorization has been previously captured.');
  }
}

function amountOf({ body }: PayPalRequest, { currency }: PayPalOrder): number | undefined {
  const amount = body.object('amount');
  return amount && readAmount(amount, '/amount', currency).amount;
}
