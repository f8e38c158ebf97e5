import { legOf } from '../payment.js';
import type { TransactionState } from '../transactions.js';
import { transactionKeyOf } from '../transactions.js';
import type { AttemptSubject } from './subject.js';

/** `none`: there is nothing left to act on. */
export type Target = { readonly targetId: string | null } | 'none';

/**
 * The object that a call acts on, besides the one that its leg was opened for: the one that holds the money for a
 * capture or a cancellation, the one that took it for a refund, and the payment made in Razorpay's checkout for a
 * confirmation.
 */
export function targetOf(subject: AttemptSubject): Target {
  const { attempt, payment, details } = subject;
  const { gatewayObjectId } = legOf(payment, attempt.leg);
  const isItsOwn = attempt.provider === 'stripe';
  switch (attempt.operation) {
    case 'create':
    case 'authorize':
      return { targetId: null };
    case 'confirm': {
      const { gatewayPaymentId } = details;
      return { targetId: typeof gatewayPaymentId === 'string' ? gatewayPaymentId : null };
    }
    case 'capture':
    case 'cancel':
      return isItsOwn ? { targetId: null } : target(heldOn(subject)?.objectId, gatewayObjectId);
    case 'refund':
      return target(refundable(subject)?.objectId, gatewayObjectId);
  }
}

function target(objectId: string | undefined, gatewayObjectId: string | null): Target {
  if (objectId === undefined) return 'none';
  return { targetId: objectId === gatewayObjectId ? null : objectId };
}

/** The latest authorization of the leg that still holds money. */
function heldOn(subject: AttemptSubject): TransactionState | undefined {
  const { transactions } = subject.payment;
  return ofLeg(subject)
    .filter((one) => one.type === 'AUTHORIZATION' && one.status === 'SUCCEEDED')
    .filter((one) => transactions.get(transactionKeyOf({ ...one, type: 'VOID' }))?.status !== 'SUCCEEDED')
    .toSorted((a, b) => b.occurredAt - a.occurredAt)[0];
}

/** A capture of the leg with enough left to refund. A refund without a known capture counts against each. */
function refundable(subject: AttemptSubject): TransactionState | undefined {
  const ofThisLeg = ofLeg(subject);
  const wanted = subject.attempt.amount ?? 0n;
  const refunds = ofThisLeg.filter(
    ({ type, status }) => type === 'REFUND' && (status === 'SUCCEEDED' || status === 'PENDING'),
  );
  const leftOf = ({ objectId, amount }: TransactionState): bigint =>
    refunds
      .filter(({ parentId }) => parentId === null || parentId === objectId)
      .reduce((left, refund) => left - refund.amount.amountMinor, amount.amountMinor);
  return ofThisLeg
    .filter(({ type, status }) => type === 'PAYMENT' && status === 'SUCCEEDED')
    .filter((payment) => leftOf(payment) >= wanted)
    .toSorted((a, b) => a.occurredAt - b.occurredAt)[0];
}

/** Transactions of the leg in the intent's currency. */
function ofLeg({ attempt, payment }: AttemptSubject): TransactionState[] {
  const { currency } = payment.intent;
  return [...payment.transactions.values()].filter(
    (one) => one.leg === attempt.leg && one.amount.currency === currency,
  );
}
