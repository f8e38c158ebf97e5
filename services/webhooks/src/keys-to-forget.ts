import { keysOfPayments } from '@payments/cache';
import type { PaymentChange } from '@payments/persistence';

/** What is cached of payments that readers see changed. */
export function keysToForget(changes: readonly PaymentChange[]): string[] {
  return keysOfPayments(changes.filter(isVisible).map(({ folded }) => folded.payment.intent));
}

function isVisible({ before, folded }: PaymentChange): boolean {
  return folded.events.length > 0 || folded.payment.legs !== before.payment.legs;
}
