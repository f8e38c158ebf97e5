import type { FactKind, GatewayOperation } from '@payments/domain';
import type { ClientCall, GatewayAnswer } from '../client/gateway-client.js';
import type { GatewayError } from '../client/gateway-error.js';

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
export function alreadyDone(call: ClientCall, { type, answer }: GatewayError): GatewayAnswer | undefined {
  return type === 'INVALID_REQUEST' && answer !== null && isDone(call, answer) ? answer : undefined;
}

/** Whether an intent shows what became of a call: that it was carried out, or never can be. */
export function isSettled(call: ClientCall, answer: GatewayAnswer): boolean {
  return isDone(call, answer) || answer.facts.some(({ kind }) => ENDED.includes(kind));
}

function isDone({ operation, amount }: ClientCall, { facts }: GatewayAnswer): boolean {
  const kinds: readonly FactKind[] = DONE[operation];
  return facts.some(
    (fact) =>
      kinds.includes(fact.kind) &&
      // There is one capture for each intent; one of another amount was not this call.
      (operation !== 'capture' || ('amount' in fact && fact.amount.amountMinor === amount.amountMinor)),
  );
}
