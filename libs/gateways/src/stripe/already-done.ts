import type { FactKind, GatewayOperation, PlannedCall } from '@payments/domain';
import Stripe from 'stripe';
import type { GatewayAnswer } from '../client/gateway-client.js';
import type { GatewayError } from '../client/gateway-error.js';

const { StripeError } = Stripe.errors;

/** Facts that a payment intent may show once the operation was executed. */
const DONE = {
  create: [],
  confirm: ['processing', 'requires_action', 'authorized', 'captured'],
  authorize: ['processing', 'requires_action', 'authorized', 'captured'],
  capture: ['captured'],
  cancel: ['canceled', 'voided'],
  refund: [],
} as const satisfies Record<GatewayOperation, readonly FactKind[]>;

/** Final facts: an intent that shows one can no longer be confirmed, captured or canceled. */
const ENDED: readonly FactKind[] = ['captured', 'canceled', 'voided'];

/**
 * The answer of a rejected call that an earlier sending has executed; undefined if none has. Stripe rejects what the
 * intent's state does not allow (`payment_intent_unexpected_state`) and adds the intent: if it is in the state that the
 * call leads to, that is the answer.
 */
export function alreadyDone(
  call: PlannedCall,
  { type, answer, cause }: GatewayError,
): GatewayAnswer | undefined {
  if (type !== 'INVALID_REQUEST' || answer === null || !(cause instanceof StripeError)) return undefined;
  return isDone(call, answer, cause.payment_intent) ? answer : undefined;
}

/** Whether an intent proves the outcome of a call: that it was executed, or no longer can be. */
export function isSettled(call: PlannedCall, answer: GatewayAnswer, intent: Stripe.PaymentIntent): boolean {
  return isDone(call, answer, intent) || answer.facts.some(({ kind }) => ENDED.includes(kind));
}

function isDone(
  call: PlannedCall,
  { facts }: GatewayAnswer,
  intent: Stripe.PaymentIntent | undefined,
): boolean {
  const kinds: readonly FactKind[] = DONE[call.operation];
  const fact = facts.find(({ kind }) => kinds.includes(kind));
  switch (fact?.kind) {
    case undefined:
      return false;
    case 'requires_action':
      return hasPaymentMethodOf(call, intent);
    case 'captured':
      // An intent has one capture; one of another amount was not made by this call.
      return call.operation !== 'capture' || fact.amount.amountMinor === call.amount.amountMinor;
    default:
      return true;
  }
}

/** An intent that waits for the customer may have been confirmed with the payment method of another call. */
function hasPaymentMethodOf(
  { paymentMethodToken }: PlannedCall,
  intent: Stripe.PaymentIntent | undefined,
): boolean {
  const method = intent?.payment_method;
  return (
    paymentMethodToken === null || paymentMethodToken === (typeof method === 'object' ? method?.id : method)
  );
}
