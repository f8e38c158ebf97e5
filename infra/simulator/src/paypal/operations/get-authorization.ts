import { authorizationResource } from '../resources.js';
import type { PayPalHandler } from '../world.js';
import { authorizationOfPath } from './find.js';

/** @see https://developer.paypal.com/docs/api/payments/v2/#authorizations_get */
export const getAuthorization: PayPalHandler = (request, world) => {
  const { order, child } = authorizationOfPath(request, world);
  return { status: 200, body: authorizationResource(order, child) };
};
