import { inMinorUnits } from '../gateway-amounts.js';
import type { RazorpayOrder } from '../razorpay/state.js';
import type { LedgerEntry } from './ledger-entry.js';

export function razorpayEntry(order: RazorpayOrder): LedgerEntry {
  const { id, currency, notes, status, payments } = order;
  const minor = (units: number) => inMinorUnits('razorpay', units, currency);
  return {
    provider: 'razorpay',
    objectId: id,
    intentId: notes.intentId ?? null,
    amount: minor(order.amount),
    currency,
    status,
    charges: payments
      .filter(({ isCaptured }) => isCaptured)
      .map((payment) => ({ id: payment.id, amount: minor(payment.amount), status: payment.status })),
    refunds: payments
      .flatMap(({ refunds }) => refunds)
      .filter(({ isRelease }) => !isRelease)
      .map((refund) => ({ id: refund.id, amount: minor(refund.amount), status: refund.status })),
    holds: order.isCapturedAtOnce
      ? []
      : payments
          .filter(({ status: one }) => one !== 'failed')
          .map((payment) => ({ id: payment.id, amount: minor(payment.amount), status: payment.status })),
  };
}
