import { createHmac } from 'node:crypto';
import type { CustomerAct } from '../customer/played-customer.js';
import { razorpayId } from '../gateway-ids.js';
import { orderEntity, paymentEntity, refundEntity } from './entities.js';
import { livePayment, type RazorpayOrder, type RazorpayPayment, type RazorpayRefund } from './state.js';
import type { RazorpayWorld } from './world.js';

const DECLINED = 'payment_failed';

/** The customer pays at Razorpay's checkout. True: it failed, and may be tried again. */
export function pay(world: RazorpayWorld, order: RazorpayOrder, { decline }: CustomerAct): boolean {
  const payment: RazorpayPayment = {
    id: razorpayId('pay'),
    createdS: world.clock.seconds(),
    amount: order.amount,
    status: decline === undefined ? 'authorized' : 'failed',
    isCaptured: false,
    declineReason: decline === undefined ? undefined : decline || DECLINED,
    cancelExpiry: undefined,
    refunds: [],
  };
  world.state.addPayment(order, payment);
  order.status = 'attempted';
  publishPayment(world, order, payment);
  if (payment.status === 'failed') return true;
  if (order.isCapturedAtOnce) capture(world, order, payment);
  else expireUncaptured(world, order, payment);
  return false;
}

export function capture(world: RazorpayWorld, order: RazorpayOrder, payment: RazorpayPayment): void {
  payment.cancelExpiry?.();
  payment.status = 'captured';
  payment.isCaptured = true;
  order.status = 'paid';
  publishPayment(world, order, payment);
  world.publish('order.paid', [
    ['order', orderEntity(order)],
    ['payment', paymentEntity(order, payment)],
  ]);
}

/** Razorpay gives back by itself what nobody captures. */
function expireUncaptured(world: RazorpayWorld, order: RazorpayOrder, payment: RazorpayPayment): void {
  payment.cancelExpiry = world.clock.schedule(world.settings.razorpayAuthorizationLifetimeMs, () => {
    refund(world, order, payment, {
      amount: payment.amount,
      notes: {},
      receipt: null,
      speed: 'normal',
      isRelease: true,
    });
  });
}

export function refund(
  world: RazorpayWorld,
  order: RazorpayOrder,
  payment: RazorpayPayment,
  wanted: Omit<RazorpayRefund, 'id' | 'createdS' | 'status'>,
): RazorpayRefund {
  const made: RazorpayRefund = {
    ...wanted,
    id: razorpayId('rfnd'),
    createdS: world.clock.seconds(),
    status: 'pending',
  };
  world.state.addRefund(order, payment, made);
  publishRefund(world, order, payment, made, 'refund.created');
  made.status = 'processed';
  const refunded = payment.refunds.reduce((sum, { amount }) => sum + amount, 0);
  if (refunded === payment.amount) payment.status = 'refunded';
  publishRefund(world, order, payment, made, 'refund.processed');
  return made;
}

/** What the checkout hands to the shop's page. @see https://razorpay.com/docs/payments/server-integration/nodejs/payment-gateway/build-integration/ */
export function checkoutOf(order: RazorpayOrder) {
  const payment = livePayment(order);
  if (payment === undefined) return undefined;
  const signature = createHmac('sha256', order.keySecret).update(`${order.id}|${payment.id}`).digest('hex');
  return {
    razorpay_order_id: order.id,
    razorpay_payment_id: payment.id,
    razorpay_signature: signature,
  };
}

function publishPayment(world: RazorpayWorld, order: RazorpayOrder, payment: RazorpayPayment): void {
  world.publish(`payment.${payment.status}`, [['payment', paymentEntity(order, payment)]]);
}

function publishRefund(
  world: RazorpayWorld,
  order: RazorpayOrder,
  payment: RazorpayPayment,
  made: RazorpayRefund,
  type: string,
): void {
  world.publish(type, [
    ['refund', refundEntity(order, payment, made)],
    ['payment', paymentEntity(order, payment)],
  ]);
}
