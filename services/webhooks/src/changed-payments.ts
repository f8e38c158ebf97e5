import type { CachedPayment } from '@payments/cache';
import type { PaymentChange } from '@payments/persistence';

/** The payments whose representation to readers changed. */
export function changedPayments(changes: readonly PaymentChange[]): CachedPayment[] {
  return changes.filter(isVisible).map(({ folded }) => folded.payment.intent);
}

function isVisible({ before, folded }: PaymentChange): boolean {
  return folded.events.length > 0 || folded.payment.legs !== before.payment.legs;
}
