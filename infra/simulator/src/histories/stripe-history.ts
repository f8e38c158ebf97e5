import { stripeId } from '../gateway-ids.js';
import type { Random } from '../random.js';
import type { SimulatedWebhook } from '../webhooks/simulated-webhook.js';
import { type StripeIds, type StripeWebhookOptions, stripeWebhook } from '../webhooks/stripe.js';
import type { PaymentOutcome, StepOf } from './outcomes.js';
import type { Moment, Teller } from './telling.js';

/** One payment intent with all that belongs to it. */
export function stripeTeller(random: Random, outcome: PaymentOutcome) {
  const paymentIntentId = stripeId('pi', random);
  const chargeId = stripeId('ch', random);
  const failedChargeId = stripeId('ch', random);
  const disputeId = stripeId('dp', random);
  const releaseId = stripeId('re', random);
  const refundIds = [stripeId('re', random), stripeId('re', random)];
  const isManual = outcome.startsWith('authorized') || outcome === 'voided';
  const isInquiry = outcome === 'dispute-closed';

  type Change = Partial<StripeWebhookOptions> & Pick<StripeWebhookOptions, 'type'>;
  const say = ({ common }: Moment, ...changes: readonly Change[]) =>
    changes.map((change) =>
      stripeWebhook({
        ...common,
        paymentIntentId,
        chargeId,
        disputeId,
        refundId: releaseId,
        captureMethod: isManual ? 'manual' : 'automatic',
        ...change,
      }),
    );

  const captured = ({ share }: StepOf<'captured'>, at: Moment) => {
    const amountReceived = at.partOf(share);
    const released = at.common.amount - amountReceived;
    return say(
      at,
      { type: isManual ? 'charge.captured' : 'charge.succeeded', amountReceived },
      { type: 'payment_intent.succeeded', amountReceived },
      // Stripe writes a refund for what it lets go.
      ...(released === 0
        ? []
        : [{ type: 'refund.created', status: 'succeeded', amount: released, isRelease: true } as const]),
    );
  };

  const teller: Teller<SimulatedWebhook<StripeIds>> = {
    opened: (_, at) => say(at, { type: 'payment_intent.created', hasCharge: false }),
    requires_action: (_, at) => say(at, { type: 'payment_intent.requires_action', hasCharge: false }),
    processing: (_, at) => say(at, { type: 'payment_intent.processing' }),
    failed: (_, at) =>
      say(
        at,
        { type: 'charge.failed', chargeId: failedChargeId },
        { type: 'payment_intent.payment_failed', chargeId: failedChargeId },
      ),
    authorized: (_, at) => say(at, { type: 'payment_intent.amount_capturable_updated' }),
    captured,
    canceled: (_, at) => say(at, { type: 'payment_intent.canceled', hasCharge: false }),
    voided: (_, at) => say(at, { type: 'payment_intent.canceled' }),
    refund: ({ index, share, state }, at) => {
      const refund = { refundId: refundIds[index] ?? releaseId, amount: at.partOf(share) };
      if (state === 'pending') return say(at, { type: 'refund.created', ...refund });
      if (state === 'failed') return say(at, { type: 'refund.failed', ...refund });
      const amountRefunded = refund.amount;
      return say(at, { type: 'refund.updated', ...refund }, { type: 'charge.refunded', amountRefunded });
    },
    dispute: ({ state }, at) => {
      const status = isInquiry ? INQUIRY_STATUSES[state] : DISPUTE_STATUSES[state];
      return say(at, ...DISPUTE_TYPES[state].map((type) => ({ type, status })));
    },
  };
  return { gatewayObjectId: paymentIntentId, teller };
}

type DisputeState = StepOf<'dispute'>['state'];

const DISPUTE_TYPES = {
  opened: ['charge.dispute.created', 'charge.dispute.funds_withdrawn'],
  under_review: ['charge.dispute.updated'],
  won: ['charge.dispute.closed', 'charge.dispute.funds_reinstated'],
  lost: ['charge.dispute.closed'],
  closed: ['charge.dispute.closed'],
} as const satisfies Record<DisputeState, readonly StripeWebhookOptions['type'][]>;

const DISPUTE_STATUSES = {
  opened: 'needs_response',
  under_review: 'under_review',
  won: 'won',
  lost: 'lost',
  closed: 'warning_closed',
} as const satisfies Record<DisputeState, string>;

const INQUIRY_STATUSES = {
  ...DISPUTE_STATUSES,
  opened: 'warning_needs_response',
  under_review: 'warning_under_review',
} as const satisfies Record<DisputeState, string>;
