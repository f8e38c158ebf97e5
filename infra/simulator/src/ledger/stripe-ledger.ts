import { inMinorUnits } from '../gateway-amounts.js';
import type { StripePayment } from '../stripe/state.js';
import type { LedgerEntry } from './ledger-entry.js';

export function stripeEntry(payment: StripePayment): LedgerEntry {
  const { id, currency, metadata, status, charges, refunds } = payment;
  const minor = (units: number) => inMinorUnits('stripe', units, currency);
  return {
    provider: 'stripe',
    objectId: id,
    intentId: metadata.intentId ?? null,
    amount: minor(payment.amount),
    currency,
    status,
    charges: charges
      .filter(({ state }) => state === 'captured')
      .map((charge) => ({ id: charge.id, amount: minor(charge.amountCaptured), status: 'captured' })),
    refunds: refunds
      .filter(({ isRelease }) => !isRelease)
      .map((refund) => ({ id: refund.id, amount: minor(refund.amount), status: refund.status })),
    holds:
      payment.captureMethod === 'manual'
        ? charges
            .filter(({ state }) => state !== 'failed')
            .map((charge) => ({ id: charge.id, amount: minor(charge.amount), status: charge.state }))
        : [],
  };
}
