import type { LedgerEntry, LedgerMovement } from './ledger-entry.js';

/** One payment of the merchant's over all gateways: for whoever checks that nobody was charged twice. */
export interface LedgerPayment {
  /** Null: the gateway object named none, and stands alone. */
  readonly intentId: string | null;
  readonly chargeCount: number;
  readonly refundCount: number;
  /** ISO 4217 minor units, of whatever currency; refunds that failed are not counted. */
  readonly charged: number;
  readonly refunded: number;
  readonly objects: readonly LedgerEntry[];
}

/** Entries of the same intent together, in the order in which the first of each came. */
export function ledgerOf(entries: readonly LedgerEntry[]): LedgerPayment[] {
  const byIntent = new Map<string, LedgerEntry[]>();
  for (const entry of entries) {
    const name = entry.intentId ?? entry.objectId;
    const known = byIntent.get(name);
    if (known === undefined) byIntent.set(name, [entry]);
    else known.push(entry);
  }
  return Array.from(byIntent.values(), (objects) => {
    const charges = objects.flatMap((entry) => entry.charges);
    const refunds = objects.flatMap((entry) => entry.refunds).filter(({ status }) => status !== 'failed');
    return {
      intentId: objects[0]?.intentId ?? null,
      chargeCount: charges.length,
      refundCount: refunds.length,
      charged: sum(charges),
      refunded: sum(refunds),
      objects,
    };
  });
}

function sum(movements: readonly LedgerMovement[]): number {
  return movements.reduce((total, { amount }) => total + amount, 0);
}
