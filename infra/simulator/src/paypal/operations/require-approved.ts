import { unprocessable } from '../errors.js';
import type { PayPalOrder } from '../state.js';

/** @throws Refusal 422 unless the payer has approved the order for this and nothing was done with it */
export function requireApproved(order: PayPalOrder, intent: PayPalOrder['intent']): void {
  if (order.intent !== intent) {
    const description = `The order was created with the intent ${order.intent}.`;
    throw unprocessable('ACTION_DOES_NOT_MATCH_INTENT', description);
  }
  if (order.status === 'COMPLETED') {
    const done = intent === 'CAPTURE' ? 'CAPTURED' : 'AUTHORIZED';
    throw unprocessable(`ORDER_ALREADY_${done}`, `Order already ${done.toLowerCase()}.`);
  }
  if (order.status !== 'APPROVED') {
    throw unprocessable('ORDER_NOT_APPROVED', 'Payer has not yet approved the Order for payment.');
  }
}
