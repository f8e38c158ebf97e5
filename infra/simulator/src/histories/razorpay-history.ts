import { razorpayId } from '../gateway-ids.js';
import type { Random } from '../random.js';
import { type RazorpayIds, type RazorpayWebhookOptions, razorpayWebhook } from '../webhooks/razorpay.js';
import type { SimulatedWebhook } from '../webhooks/simulated-webhook.js';
import type { Moment, Teller } from './telling.js';

/** One order with the payments that were made for it. */
export function razorpayTeller(random: Random) {
  const accountId = razorpayId('acc', random);
  const orderId = razorpayId('order', random);
  const paymentId = razorpayId('pay', random);
  const failedPaymentId = razorpayId('pay', random);
  const disputeId = razorpayId('disp', random);
  const refundIds = [razorpayId('rfnd', random), razorpayId('rfnd', random)];

  type Change = Partial<RazorpayWebhookOptions> & Pick<RazorpayWebhookOptions, 'type'>;
  const say = ({ common }: Moment, ...changes: readonly Change[]) =>
    changes.map((change) =>
      razorpayWebhook({
        ...common,
        accountId,
        orderId,
        paymentId,
        disputeId,
        refundId: refundIds[0] ?? '',
        paymentAmount: common.amount,
        ...change,
      }),
    );
  const refundTypes = {
    pending: 'refund.created',
    succeeded: 'refund.processed',
    failed: 'refund.failed',
  } as const;
  const disputeTypes = {
    opened: 'payment.dispute.created',
    under_review: 'payment.dispute.under_review',
    won: 'payment.dispute.won',
    lost: 'payment.dispute.lost',
    closed: 'payment.dispute.closed',
  } as const;

  const teller: Teller<SimulatedWebhook<RazorpayIds>> = {
    // Razorpay tells nothing before the customer has paid, and nothing when an order lapses.
    opened: () => [],
    requires_action: () => [],
    processing: () => [],
    canceled: () => [],
    voided: () => [],
    failed: (_, at) => say(at, { type: 'payment.failed', paymentId: failedPaymentId }),
    authorized: (_, at) => say(at, { type: 'payment.authorized' }),
    captured: (_, at) => say(at, { type: 'payment.captured' }, { type: 'order.paid' }),
    refund: ({ index, share, state }, at) =>
      say(at, { type: refundTypes[state], refundId: refundIds[index] ?? '', amount: at.partOf(share) }),
    dispute: ({ state }, at) => say(at, { type: disputeTypes[state] }),
  };
  return { gatewayObjectId: orderId, teller };
}
