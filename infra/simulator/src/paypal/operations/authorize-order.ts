import { paypalId } from '../../gateway-ids.js';
import { refuseOrderIfDeclined } from '../capturing.js';
import { authorizationResource, orderResource } from '../resources.js';
import type { PayPalAuthorization } from '../state.js';
import type { PayPalHandler } from '../world.js';
import { orderOfPath } from './find.js';
import { requireApproved } from './require-approved.js';

/** @see https://developer.paypal.com/docs/api/orders/v2/#orders_authorize */
export const authorizeOrder: PayPalHandler = (request, world) => {
  const order = orderOfPath(request, world);
  requireApproved(order, 'AUTHORIZE');
  refuseOrderIfDeclined(world, order, request.decline);
  const now = world.clock.now();
  const authorization: PayPalAuthorization = {
    id: paypalId(),
    createdMs: now,
    updatedMs: now,
    amount: order.amount,
    status: 'CREATED',
  };
  order.status = 'COMPLETED';
  order.updatedMs = now;
  world.state.addAuthorization(order, authorization);
  world.publish(
    'PAYMENT.AUTHORIZATION.CREATED',
    'authorization',
    authorizationResource(order, authorization),
  );
  return { status: 201, body: orderResource(order, world) };
};
