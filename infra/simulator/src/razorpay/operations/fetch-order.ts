import { orderEntity } from '../entities.js';
import type { RazorpayHandler } from '../world.js';
import { orderOfPath } from './find.js';

/** @see https://razorpay.com/docs/api/orders/fetch-with-id/ */
export const fetchOrder: RazorpayHandler = (request, world) => orderEntity(orderOfPath(request, world));
