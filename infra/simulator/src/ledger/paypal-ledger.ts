import type { PayPalOrder } from '../paypal/state.js';
import type { LedgerEntry } from './ledger-entry.js';

export function paypalEntry(order: PayPalOrder): LedgerEntry {
  const { id, amount, currency, status, authorizations, captures, refunds } = order;
  return {
    provider: 'paypal',
    objectId: id,
    intentId: order.customId ?? null,
    amount,
    currency,
    status,
    charges: captures.map((capture) => ({ id: capture.id, amount: capture.amount, status: capture.status })),
    refunds: refunds.map((refund) => ({ id: refund.id, amount: refund.amount, status: 'COMPLETED' })),
    holds: authorizations.map((held) => ({ id: held.id, amount: held.amount, status: held.status })),
  };
}
