import { orderResource } from '../resources.js';
import type { PayPalHandler } from '../world.js';
import { orderOfPath } from './find.js';

/** @see https://developer.paypal.com/docs/api/orders/v2/#orders_get */
export const getOrder: PayPalHandler = (request, world) => ({
  status: 200,
  body: orderResource(orderOfPath(request, world), world),
});
