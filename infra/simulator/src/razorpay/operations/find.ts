import { noSuchId } from '../errors.js';
import type { RazorpayOrder, RazorpayPayment, RazorpayRefund } from '../state.js';
import type { RazorpayRequest, RazorpayWorld } from '../world.js';

/** @throws Refusal */
export function orderOfPath({ path }: RazorpayRequest, { state }: RazorpayWorld): RazorpayOrder {
  const order = state.orders.get(path.id ?? '');
  if (order === undefined) throw noSuchId();
  return order;
}

/** @throws Refusal */
export function paymentOfPath(
  { path }: RazorpayRequest,
  { state }: RazorpayWorld,
): { readonly order: RazorpayOrder; readonly payment: RazorpayPayment } {
  const order = state.orders.ownerOf(path.id ?? '');
  const payment = order?.payments.find(({ id }) => id === path.id);
  if (order === undefined || payment === undefined) throw noSuchId();
  return { order, payment };
}

/** @throws Refusal */
export function refundOfPath(
  { path }: RazorpayRequest,
  { state }: RazorpayWorld,
): { readonly order: RazorpayOrder; readonly payment: RazorpayPayment; readonly refund: RazorpayRefund } {
  const order = state.orders.ownerOf(path.id ?? '');
  for (const payment of order?.payments ?? []) {
    const refund = payment.refunds.find(({ id }) => id === path.id);
    if (order !== undefined && refund !== undefined) return { order, payment, refund };
  }
  throw noSuchId();
}
