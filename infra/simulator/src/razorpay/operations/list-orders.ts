import { collection, orderEntity } from '../entities.js';
import { pageOf } from '../page.js';
import type { RazorpayHandler } from '../world.js';

/** @see https://razorpay.com/docs/api/orders/fetch-all/ */
export const listOrders: RazorpayHandler = ({ query }, { state }) => {
  const receipt = query.get('receipt');
  const orders = [...state.orders.values()]
    .filter((order) => receipt === null || order.receipt === receipt)
    .reverse();
  return collection(pageOf(query, orders).map(orderEntity));
};
