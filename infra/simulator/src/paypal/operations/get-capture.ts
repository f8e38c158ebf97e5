import { captureResource } from '../resources.js';
import type { PayPalHandler } from '../world.js';
import { captureOfPath } from './find.js';

/** @see https://developer.paypal.com/docs/api/payments/v2/#captures_get */
export const getCapture: PayPalHandler = (request, world) => {
  const { order, child } = captureOfPath(request, world);
  return { status: 200, body: captureResource(order, child) };
};
