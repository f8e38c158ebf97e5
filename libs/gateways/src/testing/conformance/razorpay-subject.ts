import type { Subject } from './subject.js';

/** What the checkout returns to the shop. */
interface Checkout {
  readonly razorpay_payment_id: string;
  readonly razorpay_signature: string;
}

export const razorpaySubject: Subject = {
  provider: 'razorpay',
  settings: (apiBase, timeoutMs) => ({
    provider: 'razorpay',
    apiBase,
    timeoutMs,
    keyId: 'rzp_test_conformance',
    keySecret: 'conformance-secret',
  }),
  currency: 'INR',
  hold: 'confirm',
  // The customer confirms at the checkout, and Razorpay releases payments that are not captured.
  mutations: { create: 'orders.create', capture: 'payments.capture', refund: 'payments.refund' },
  read: 'orders.fetch',
  provable: ['create', 'capture', 'refund'],
  keepsServerErrors: false,
  capturesInPart: false,
  customerAgrees: async (gateways, { gatewayObjectId }) => {
    gateways.simulator.customer.act('razorpay', gatewayObjectId, { decline: undefined });
    const checkout = await gateways.control<Checkout>(`/checkouts/${gatewayObjectId}`);
    return { targetId: checkout.razorpay_payment_id, gatewaySignature: checkout.razorpay_signature };
  },
  declineNext: null,
  unknownIds: ['order_unknown', 'pay_unknown', 'rfnd_unknown', 'order-42', ''],
  amounts: [
    [1999n, 'INR'],
    [295n, 'JPY'],
    [5120n, 'KWD'],
  ],
  impossibleAmount: null,
};
