import type { PendingRow } from '@payments/persistence';

/** What an event says of whose payment it tells. */
export interface ToldPayment {
  /** Public id. */
  readonly intentId: string;
  readonly orderId: string;
  readonly customerId: string;
}

/**
 * The payments that rows of the outbox tell of: whoever sends them forgets what is cached of these first. Workers
 * do so after their commits; one that is killed in between has left it to the relay, which may be any service's.
 */
export function paymentsOfEvents(rows: readonly Pick<PendingRow, 'payload'>[]): ToldPayment[] {
  return rows.flatMap(({ payload }) => (isOfPayment(payload) ? [payload] : []));
}

function isOfPayment(payload: unknown): payload is ToldPayment {
  if (typeof payload !== 'object' || payload === null) return false;
  const { intentId, orderId, customerId } = payload as Partial<Record<keyof ToldPayment, unknown>>;
  return [intentId, orderId, customerId].every((id) => typeof id === 'string');
}
