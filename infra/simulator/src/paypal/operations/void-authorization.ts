import { unprocessable } from '../errors.js';
import { authorizationResource } from '../resources.js';
import type { PayPalHandler } from '../world.js';
import { authorizationOfPath } from './find.js';

/** @see https://developer.paypal.com/docs/api/payments/v2/#authorizations_void */
export const voidAuthorization: PayPalHandler = (request, world) => {
  const { order, child: authorization } = authorizationOfPath(request, world);
  if (authorization.status === 'VOIDED') {
    throw unprocessable('PREVIOUSLY_VOIDED', 'Authorization has been previously voided.');
  }
  if (authorization.status !== 'CREATED') {
    throw unprocessable('PREVIOUSLY_CAPTURED', 'Authorization has been previously captured.');
  }
  authorization.status = 'VOIDED';
  authorization.updatedMs = world.clock.now();
  const resource = authorizationResource(order, authorization);
  world.publish('PAYMENT.AUTHORIZATION.VOIDED', 'authorization', resource);
  return request.wantsAll ? { status: 200, body: resource } : { status: 204 };
};
