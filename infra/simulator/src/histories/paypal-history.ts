import { paypalDisputeId, paypalId, paypalPaymentId } from '../gateway-ids.js';
import type { Random } from '../random.js';
import {
  type PayPalIds,
  type PayPalWebhookOptions,
  type PayPalWebhookType,
  paypalWebhook,
} from '../webhooks/paypal.js';
import type { SimulatedWebhook } from '../webhooks/simulated-webhook.js';
import type { PaymentOutcome, StepOf } from './outcomes.js';
import type { Moment, Teller } from './telling.js';

/** One order (v1: payment) with all that belongs to it. In v1 what is not authorized first is a sale. */
export function paypalTeller(random: Random, outcome: PaymentOutcome, shape: 'v1' | 'v2') {
  const ids = {
    orderId: paypalId(random),
    parentPaymentId: paypalPaymentId(random),
    authorizationId: paypalId(random),
    disputeId: paypalDisputeId(random),
  };
  const paid = paypalId(random);
  const denied = paypalId(random);
  const refundIds = [paypalId(random), paypalId(random)];
  const isOfAuthorization = outcome.startsWith('authorized') || outcome === 'voided';
  const isSale = shape === 'v1' && !isOfAuthorization;
  const paidAs = (id: string) => ({ captureId: id, saleId: id });

  type Change = Partial<PayPalWebhookOptions> & Pick<PayPalWebhookOptions, 'type'>;
  const say = ({ common }: Moment, ...changes: readonly Change[]) =>
    changes.map((change) =>
      paypalWebhook({
        ...common,
        ...ids,
        ...paidAs(paid),
        shape,
        isOfAuthorization,
        refundId: refundIds[0] ?? '',
        ...change,
      }),
    );
  const ofOrder = (at: Moment, type: PayPalWebhookType) => (shape === 'v1' ? [] : say(at, { type }));

  const teller: Teller<SimulatedWebhook<PayPalIds>> = {
    opened: (_, at) => ofOrder(at, 'CHECKOUT.ORDER.APPROVED'),
    // The customer acts at PayPal before there is any event.
    requires_action: () => [],
    processing: (_, at) => say(at, { type: isSale ? 'PAYMENT.SALE.PENDING' : 'PAYMENT.CAPTURE.PENDING' }),
    failed: (_, at) =>
      say(at, { type: isSale ? 'PAYMENT.SALE.DENIED' : 'PAYMENT.CAPTURE.DENIED', ...paidAs(denied) }),
    authorized: (_, at) => say(at, { type: 'PAYMENT.AUTHORIZATION.CREATED' }),
    captured: ({ share }, at) => [
      ...say(at, {
        type: isSale ? 'PAYMENT.SALE.COMPLETED' : 'PAYMENT.CAPTURE.COMPLETED',
        amount: at.partOf(share),
      }),
      ...ofOrder(at, 'CHECKOUT.ORDER.COMPLETED'),
    ],
    canceled: (_, at) => ofOrder(at, 'CHECKOUT.PAYMENT-APPROVAL.REVERSED'),
    voided: (_, at) => say(at, { type: 'PAYMENT.AUTHORIZATION.VOIDED' }),
    refund: ({ index, share, state }, at) => {
      const refund = { refundId: refundIds[index] ?? '', amount: at.partOf(share) };
      if (shape === 'v2') return say(at, { type: REFUND_TYPES[state], ...refund });
      const type = isSale ? 'PAYMENT.SALE.REFUNDED' : 'PAYMENT.CAPTURE.REFUNDED';
      return say(at, { type, status: REFUND_V1_STATES[state], ...refund });
    },
    dispute: ({ state }, at) => say(at, DISPUTES[state]),
  };
  return { gatewayObjectId: shape === 'v1' ? ids.parentPaymentId : ids.orderId, teller };
}

const REFUND_TYPES = {
  pending: 'PAYMENT.REFUND.PENDING',
  succeeded: 'PAYMENT.CAPTURE.REFUNDED',
  failed: 'PAYMENT.REFUND.FAILED',
} as const satisfies Record<StepOf<'refund'>['state'], PayPalWebhookType>;

const REFUND_V1_STATES = { pending: 'pending', succeeded: 'completed', failed: 'failed' } as const;

const RESOLVED = 'CUSTOMER.DISPUTE.RESOLVED';
const DISPUTES = {
  opened: { type: 'CUSTOMER.DISPUTE.CREATED' },
  under_review: { type: 'CUSTOMER.DISPUTE.UPDATED' },
  won: { type: RESOLVED, disputeOutcome: 'RESOLVED_SELLER_FAVOUR' },
  lost: { type: RESOLVED, disputeOutcome: 'RESOLVED_BUYER_FAVOUR' },
  closed: { type: RESOLVED, disputeOutcome: 'CANCELED_BY_BUYER' },
} as const satisfies Record<
  StepOf<'dispute'>['state'],
  Pick<PayPalWebhookOptions, 'type' | 'disputeOutcome'>
>;
