import { RAZORPAY_ENTITIES, type RazorpayFacts } from '../webhooks/razorpay-entities.js';
import { amountRefunded, type RazorpayOrder, type RazorpayPayment, type RazorpayRefund } from './state.js';

export function orderEntity(order: RazorpayOrder) {
  const paid = order.payments.reduce((sum, { isCaptured, amount }) => sum + (isCaptured ? amount : 0), 0);
  return {
    ...RAZORPAY_ENTITIES.order({ ...factsOf(order), status: order.status }),
    amount_paid: paid,
    amount_due: order.amount - paid,
    attempts: order.payments.length,
    offer_id: null,
  };
}

export function paymentEntity(order: RazorpayOrder, payment: RazorpayPayment) {
  const refunded = amountRefunded(payment);
  const { declineReason } = payment;
  return {
    ...RAZORPAY_ENTITIES.payment({
      ...factsOf(order),
      paymentId: payment.id,
      created: payment.createdS,
      paymentAmount: payment.amount,
      status: payment.status,
    }),
    amount_refunded: refunded,
    refund_status: refunded === 0 ? null : refunded === payment.amount ? 'full' : 'partial',
    captured: payment.isCaptured,
    error_description: declineReason === undefined ? null : 'Your payment could not be completed.',
    error_reason: declineReason ?? null,
  };
}

export function refundEntity(order: RazorpayOrder, payment: RazorpayPayment, refund: RazorpayRefund) {
  return {
    ...RAZORPAY_ENTITIES.refund({
      ...factsOf(order),
      paymentId: payment.id,
      refundId: refund.id,
      created: refund.createdS,
      amount: refund.amount,
      status: refund.status,
      notes: refund.notes,
      receipt: refund.receipt,
    }),
    speed_requested: refund.speed,
  };
}

/** A list as Razorpay answers it. */
export function collection(items: readonly object[]): object {
  return { entity: 'collection', count: items.length, items };
}

function factsOf(order: RazorpayOrder): RazorpayFacts {
  return {
    accountId: '',
    orderId: order.id,
    paymentId: '',
    refundId: '',
    disputeId: '',
    type: '',
    status: '',
    created: order.createdS,
    amount: order.amount,
    paymentAmount: order.amount,
    currency: order.currency,
    notes: order.notes,
    receipt: order.receipt,
  };
}
