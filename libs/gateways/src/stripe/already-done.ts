import type { FactKind, GatewayOperation, PlannedCall } from '@payments/domain';
import Stripe from 'stripe';
import type { GatewayAnswer } from '../client/gateway-client.js';
import type { GatewayError } from '../client/gateway-error.js';

const { StripeError } = Stripe.errors;

/** What a payment intent has come to once a call on it was carried out. */
const DONE = {
  create: [],
  confirm: ['processing', 'requires_action', 'authorized', 'captured'],
  authorize: ['processing', 'requires_action', 'authorized', 'captured'],
  capture: ['captured'],
  cancel: ['canceled', 'voided'],
  refund: [],
} as const satisfies Record<GatewayOperation, readonly FactKind[]>;

/** An intent that came to this is not confirmed, captured or canceled any more. */
const ENDED: readonly FactKind[] = ['captured', 'canceled', 'voided'];

/**
 * Stripe refuses what the intent's state does not allow (`payment_intent_unexpected_state`) and shows the intent.
 * If that is as the call would have left it, an earlier sending did it, and what it shows is the answer.
 */
export function alreadyDone(
  call: PlannedCall,
  { type, answer, cause }: GatewayError,
): GatewayAnswer | undefined {
  if (type !== 'INVALID_REQUEST' || answer === null || !(cause instanceof StripeError)) return undefined;
  return isDone(call, answer, cause.payment_intent) ? answer : undefined;
}

/** Whether an intent shows what became of a call: that it was carried out, or never can be. */
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
      return waitsForItsMethod(call, intent);
    case 'captured':
      // There is one capture for each intent; one of another amount was not this call.
      return call.operation !== 'capture' || fact.amount.amountMinor === call.amount.amountMinor;
    default:
      return true;
  }
}

/** A customer who is to authenticate one payment method may have been given up for another. */
function waitsForItsMethod(
  { paymentMethodToken }: PlannedCall,
  intent: Stripe.PaymentIntent | undefined,
): boolean {
  const method = intent?.payment_method;
  return (
    paymentMethodToken === null || paymentMethodToken === (typeof method === 'object' ? method?.id : method)
  );
}
