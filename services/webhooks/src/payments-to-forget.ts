import type { CachedPayment } from '@payments/cache';
import type { PaymentChange, PendingRow } from '@payments/persistence';

/** The payments that readers see changed. */
export function changedPayments(changes: readonly PaymentChange[]): CachedPayment[] {
  return changes.filter(isVisible).map(({ folded }) => folded.payment.intent);
}

/** The payments that events in the outbox tell of. */
export function paymentsOfEvents(rows: readonly Pick<PendingRow, 'payload'>[]): CachedPayment[] {
  return rows.flatMap(({ payload }) => (isOfPayment(payload) ? [payload] : []));
}

function isOfPayment(payload: unknown): payload is CachedPayment {
  if (typeof payload !== 'object' || payload === null) return false;
  const { intentId, orderId, customerId } = payload as Partial<Record<keyof CachedPayment, unknown>>;
  return [intentId, orderId, customerId].every((id) => typeof id === 'string');
}

function isVisible({ before, folded }: PaymentChange): boolean {
  return folded.events.length > 0 || folded.payment.legs !== before.payment.legs;
}
