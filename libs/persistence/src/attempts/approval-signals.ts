import type { GatewayProvider } from '@payments/domain';
import type { Database } from '../database.js';
import { type Listener, listenTo } from '../listen.js';
import type { PaymentChange } from '../payments/payment-change.js';

const CHANNEL = 'payments_approvals';

/**
 * Notifies the gateways' workers that payers have approved, so that the attempts that waited for it are due
 * (`wakeHeld`). Call it after the commit of `changes`. A worker that misses the signal finds the attempts by its
 * timer.
 */
export async function signalApprovals(
  { primary }: Pick<Database, 'primary'>,
  changes: readonly PaymentChange[],
): Promise<void> {
  const providers = approvedAt(changes);
  if (providers.size > 0) await primary.query('SELECT pg_notify($1, $2)', [CHANNEL, [...providers].join()]);
}

export interface ApprovalListener extends Pick<Listener, 'onLost'> {
  /** Payers have approved; or may have, while signals were missed. */
  readonly onApproved: () => void;
}

/** Hears of payers' approvals at `provider`. Occupies one connection of the pool. Resolves when `until` aborts. */
export function listenToApprovals(
  database: Pick<Database, 'primary'>,
  provider: GatewayProvider,
  { onApproved, onLost }: ApprovalListener,
  until: AbortSignal,
): Promise<void> {
  const onNotified = (payload: string): void => {
    if (payload.split(',').includes(provider)) onApproved();
  };
  return listenTo(database, CHANNEL, { onListening: onApproved, onNotified, onLost }, until);
}

/** The gateways of payments whose payer has approved. */
function approvedAt(changes: readonly PaymentChange[]): Set<GatewayProvider> {
  const approved = changes.filter(({ folded }) => folded.events.some(({ type }) => type === 'approved'));
  return new Set(approved.flatMap(({ folded: { payment } }) => payment.legs.map(({ provider }) => provider)));
}
