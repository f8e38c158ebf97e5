import { notFound } from '../errors.js';
import type { PayPalAuthorization, PayPalCapture, PayPalOrder, PayPalRefund } from '../state.js';
import type { PayPalRequest, PayPalWorld } from '../world.js';

/** @throws Refusal 404 */
export function orderOfPath({ path }: PayPalRequest, { state }: PayPalWorld): PayPalOrder {
  const order = state.orders.get(path.id ?? '');
  if (order === undefined) throw notFound();
  return order;
}

/** @throws Refusal 404 */
export function authorizationOfPath(request: PayPalRequest, world: PayPalWorld) {
  return childOfPath<PayPalAuthorization>(request, world, ({ authorizations }) => authorizations);
}

/** @throws Refusal 404 */
export function captureOfPath(request: PayPalRequest, world: PayPalWorld) {
  return childOfPath<PayPalCapture>(request, world, ({ captures }) => captures);
}

/** @throws Refusal 404 */
export function refundOfPath(request: PayPalRequest, world: PayPalWorld) {
  return childOfPath<PayPalRefund>(request, world, ({ refunds }) => refunds);
}

function childOfPath<Child extends { readonly id: string }>(
  { path }: PayPalRequest,
  { state }: PayPalWorld,
  childrenOf: (order: PayPalOrder) => readonly Child[],
): { readonly order: PayPalOrder; readonly child: Child } {
  const order = state.orders.ownerOf(path.id ?? '');
  const child = order && childrenOf(order).find(({ id }) => id === path.id);
  if (order === undefined || child === undefined) throw notFound();
  return { order, child };
}
