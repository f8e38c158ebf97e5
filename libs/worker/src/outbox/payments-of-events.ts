import type { PendingRow } from '@payments/persistence';

/** The part of an event that identifies its payment. */
export interface PaymentOfEvent {
  /** Public id. */
  readonly intentId: string;
  readonly orderId: string;
  readonly customerId: string;
}

/**
 * The payments that outbox rows are about. Their cache entries are invalidated before the rows are published: workers
 * invalidate after each commit, but one that was killed in between leaves it to the relay, of whatever service.
 */
export function paymentsOfEvents(rows: readonly Pick<PendingRow, 'payload'>[]): PaymentOfEvent[] {
  return rows.flatMap(({ payload }) => (isOfPayment(payload) ? [payload] : []));
}

function isOfPayment(payload: unknown): payload is PaymentOfEvent {
  if (typeof payload !== 'object' || payload === null) return false;
  const { intentId, orderId, customerId } = payload as Partial<Record<keyof PaymentOfEvent, unknown>>;
  return [intentId, orderId, customerId].every((id) => typeof id === 'string');
}
