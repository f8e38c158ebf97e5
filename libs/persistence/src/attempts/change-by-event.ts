import type { FoldedDecisions, Payment, PaymentIntentEvent } from '@payments/domain';
import type { LoadedPayment } from '../payments/load-payments.js';
import type { PaymentChange } from '../payments/payment-change.js';

/** A payment after a change that is none of a fact, and its event. */
interface ChangedByEvent extends Pick<FoldedDecisions, 'abandonedLegs'> {
  readonly payment: Payment;
  readonly event: PaymentIntentEvent;
}

/** The change of an intent, as `savePayments` writes it. */
export function changeByEvent(
  before: LoadedPayment,
  { payment, event, abandonedLegs }: ChangedByEvent,
): PaymentChange {
  return {
    before,
    folded: {
      payment,
      events: [event],
      decisions: [],
      legs: [],
      transactions: [],
      alerts: [],
      abandonedLegs,
      intentChanged: true,
    },
    sources: new Map(),
    headers: new Map(),
  };
}
