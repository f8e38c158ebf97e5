import { stripeId } from '../../gateway-ids.js';
import { amountRefused, missingParameter, noSuch } from '../errors.js';
import { refundObject } from '../objects.js';
import type { StripeParams } from '../params.js';
import { refund } from '../refunding.js';
import {
  amountRefunded,
  liveCharge,
  type StripeCharge,
  type StripePayment,
  type StripeState,
} from '../state.js';
import type { StripeHandler } from '../world.js';

const REASONS = ['duplicate', 'fraudulent', 'requested_by_customer'] as const;

/** @see https://docs.stripe.com/api/refunds/create */
export const createRefund: StripeHandler = ({ params }, world) => {
  params.only('amount', 'charge', 'metadata', 'payment_intent', 'reason');
  const requested = params.amount('amount');
  const reason = params.oneOf('reason', REASONS) ?? null;
  const metadata = params.metadata() ?? {};
  const payment = paymentOf(params, world.state);
  const charge = refundable(payment);
  const left = charge.amountCaptured - amountRefunded(payment);
  if (left === 0) {
    const message = `Charge ${charge.id} has already been refunded.`;
    throw amountRefused('charge', message, 'charge_already_refunded');
  }
  const amount = requested ?? left;
  if (amount > left) {
    const message = `Refund amount (${amount}) is greater than unrefunded amount on charge (${left}).`;
    throw amountRefused('amount', message, 'amount_too_large');
  }
  const made = {
    id: stripeId('re'),
    chargeId: charge.id,
    created: world.clock.seconds(),
    amount,
    reason,
    metadata,
    isRelease: false,
    status: 'succeeded',
  } as const;
  return refundObject(payment, refund(world, payment, made));
};

function paymentOf(params: StripeParams, state: StripeState): StripePayment {
  const intentId = params.text('payment_intent');
  const chargeId = params.text('charge');
  if (intentId === undefined && chargeId === undefined) throw missingParameter('payment_intent');
  const payment =
    intentId === undefined ? state.payments.ownerOf(chargeId ?? '') : state.payments.get(intentId);
  if (payment !== undefined) return payment;
  throw intentId === undefined
    ? noSuch('charge', chargeId ?? '', 'charge')
    : noSuch('payment_intent', intentId, 'payment_intent');
}

function refundable(payment: StripePayment): StripeCharge {
  const charge = liveCharge(payment);
  if (charge?.state === 'captured') return charge;
  const message = `This PaymentIntent (${payment.id}) does not have a successful charge to refund.`;
  throw amountRefused('payment_intent', message, 'payment_intent_unexpected_state');
}
