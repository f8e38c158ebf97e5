import { Refusal } from '../api/call.js';
import { stripeId } from '../gateway-ids.js';
import { stripeError } from './errors.js';
import { chargeObject, paymentErrorOf, paymentIntentObject, refundObject } from './objects.js';
import { declines, type MethodOutcome, paymentMethod, type StripeDecline } from './payment-methods.js';
import { liveCharge, type StripeCharge, type StripePayment } from './state.js';
import type { StripeWorld } from './world.js';

/**
 * Confirms with the payment method that is set: what happens at once, and what will.
 * @throws Refusal 402 if it is declined at once
 */
export function confirm(world: StripeWorld, payment: StripePayment, decline: string | undefined): void {
  const { outcome } = paymentMethod(payment.paymentMethod ?? '');
  payment.lastDecline = undefined;
  follow(world, payment, decline === undefined ? outcome : declines(decline));
  refuseIfDeclined(world, payment);
}

function follow(world: StripeWorld, payment: StripePayment, outcome: MethodOutcome): void {
  switch (outcome.kind) {
    case 'succeeds':
      authorize(world, payment);
      break;
    case 'declines':
      decline(world, payment, outcome.decline);
      break;
    case 'authenticates':
      askCustomer(world, payment, outcome.inTheEnd);
      break;
    case 'settles':
      moveTo(world, payment, 'processing', 'payment_intent.processing');
      world.clock.schedule(world.settings.settlementDelayMs, () => {
        if (payment.status === 'processing') follow(world, payment, outcome.inTheEnd);
      });
  }
}

function askCustomer(world: StripeWorld, payment: StripePayment, inTheEnd: MethodOutcome): void {
  moveTo(world, payment, 'requires_action', 'payment_intent.requires_action');
  world.customer.expect({
    provider: 'stripe',
    id: payment.id,
    returnUrl: payment.returnUrl,
    act: ({ decline: reason }) => {
      if (payment.status !== 'requires_action') return false;
      if (reason === undefined) follow(world, payment, inTheEnd);
      else failAuthentication(world, payment);
      return false;
    },
  });
}

function failAuthentication(world: StripeWorld, payment: StripePayment): void {
  payment.lastDecline = {
    code: 'payment_intent_authentication_failure',
    declineCode: undefined,
    message: 'The provided payment method has failed authentication.',
  };
  forgetMethod(world, payment);
}

/** Holds the money, and captures it unless that is left to us. */
function authorize(world: StripeWorld, payment: StripePayment): void {
  const charge: StripeCharge = {
    id: stripeId('ch'),
    created: world.clock.seconds(),
    amount: payment.amount,
    amountCaptured: 0,
    state: 'held',
    decline: undefined,
  };
  world.state.addCharge(payment, charge);
  if (payment.captureMethod === 'manual') {
    payment.status = 'requires_capture';
    world.publish('charge.succeeded', chargeObject(payment, charge));
    world.publish('payment_intent.amount_capturable_updated', paymentIntentObject(payment, world.links));
    return;
  }
  take(charge, payment.amount);
  payment.status = 'succeeded';
  world.publish('charge.succeeded', chargeObject(payment, charge));
  world.publish('payment_intent.succeeded', paymentIntentObject(payment, world.links));
}

/** Captures what is held; the rest is let go, for which Stripe writes a refund. */
export function capture(world: StripeWorld, payment: StripePayment, amount: number): void {
  const charge = liveCharge(payment);
  if (charge === undefined) throw new Error(`${payment.id} requires capture and holds nothing`);
  take(charge, amount);
  payment.status = 'succeeded';
  world.publish('charge.captured', chargeObject(payment, charge));
  world.publish('payment_intent.succeeded', paymentIntentObject(payment, world.links));
  if (amount < charge.amount) release(world, payment, charge);
}

function release(world: StripeWorld, payment: StripePayment, charge: StripeCharge): void {
  const refund = {
    id: stripeId('re'),
    chargeId: charge.id,
    created: world.clock.seconds(),
    amount: charge.amount - charge.amountCaptured,
    reason: null,
    metadata: {},
    isRelease: true,
    status: 'succeeded',
  } as const;
  world.state.addRefund(payment, refund);
  world.publish('refund.created', refundObject(payment, refund));
}

function decline(world: StripeWorld, payment: StripePayment, reason: StripeDecline): void {
  const charge: StripeCharge = {
    id: stripeId('ch'),
    created: world.clock.seconds(),
    amount: payment.amount,
    amountCaptured: 0,
    state: 'failed',
    decline: reason,
  };
  world.state.addCharge(payment, charge);
  world.publish('charge.failed', chargeObject(payment, charge));
  payment.lastDecline = reason;
  forgetMethod(world, payment);
}

/** Stripe wants another payment method after a failure. */
function forgetMethod(world: StripeWorld, payment: StripePayment): void {
  payment.paymentMethod = undefined;
  moveTo(world, payment, 'requires_payment_method', 'payment_intent.payment_failed');
}

function refuseIfDeclined(world: StripeWorld, payment: StripePayment): void {
  const { lastDecline } = payment;
  if (lastDecline === undefined) return;
  const error = {
    ...paymentErrorOf(lastDecline),
    charge: payment.charges.at(-1)?.id,
    payment_intent: paymentIntentObject(payment, world.links),
  };
  throw new Refusal(stripeError(402, error), { wasTried: true });
}

function take(charge: StripeCharge, amount: number): void {
  charge.amountCaptured = amount;
  charge.state = 'captured';
}

function moveTo(
  world: StripeWorld,
  payment: StripePayment,
  status: StripePayment['status'],
  eventType: string,
): void {
  payment.status = status;
  world.publish(eventType, paymentIntentObject(payment, world.links));
}
