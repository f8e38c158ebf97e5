import { chargeObject, refundObject } from './objects.js';
import { paymentMethod, type RefundOutcome } from './payment-methods.js';
import { liveCharge, type StripePayment, type StripeRefund } from './state.js';
import type { StripeWorld } from './world.js';

/** Gives money back, at once or in the end, as the payment method says. */
export function refund(
  world: StripeWorld,
  payment: StripePayment,
  wanted: Omit<StripeRefund, 'status'>,
): StripeRefund {
  const outcome = outcomeOf(payment);
  const made: StripeRefund = {
    ...wanted,
    status: outcome === 'pending_then_succeeded' ? 'pending' : 'succeeded',
  };
  world.state.addRefund(payment, made);
  world.publish('refund.created', refundObject(payment, made));
  publishCharge(world, payment);
  if (outcome !== 'succeeded') {
    world.clock.schedule(world.settings.settlementDelayMs, () => settle(world, payment, made, outcome));
  }
  return made;
}

function outcomeOf({ paymentMethod: name }: StripePayment): RefundOutcome {
  return name === undefined ? 'succeeded' : paymentMethod(name).refunds;
}

function settle(
  world: StripeWorld,
  payment: StripePayment,
  made: StripeRefund,
  outcome: RefundOutcome,
): void {
  made.status = outcome === 'failed_later' ? 'failed' : 'succeeded';
  world.publish(made.status === 'failed' ? 'refund.failed' : 'refund.updated', refundObject(payment, made));
}

function publishCharge(world: StripeWorld, payment: StripePayment): void {
  const charge = liveCharge(payment);
  if (charge !== undefined) world.publish('charge.refunded', chargeObject(payment, charge));
}
