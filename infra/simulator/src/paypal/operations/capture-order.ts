import { capture, refuseOrderIfDeclined } from '../capturing.js';
import { orderResource } from '../resources.js';
import type { PayPalHandler } from '../world.js';
import { orderOfPath } from './find.js';
import { requireApproved } from './require-approved.js';

/** @see https://developer.paypal.com/docs/api/orders/v2/#orders_capture */
export const captureOrder: PayPalHandler = (request, world) => {
  const order = orderOfPath(request, world);
  requireApproved(order, 'CAPTURE');
  refuseOrderIfDeclined(world, order, request.decline);
  order.status = 'COMPLETED';
  const wanted = { amount: order.amount, isFinal: true, authorizationId: undefined, invoiceId: undefined };
  capture(world, order, wanted, request.decline);
  const resource = orderResource(order, world);
  world.publish('CHECKOUT.ORDER.COMPLETED', 'order', resource);
  return { status: 201, body: resource };
};
