import type { Decision } from './decision.js';
import type { Payment } from './payment.js';
import { transactionKeyOf } from './transactions.js';

/** The payment after a decision that was taken on it. Nothing is decided here. */
export function evolve(payment: Payment, { changes }: Pick<Decision, 'changes'>): Payment {
  const { intent, leg, transaction } = changes;
  if (intent === undefined && leg === undefined && transaction === undefined) return payment;
  return {
    intent: intent === undefined ? payment.intent : { ...payment.intent, ...intent },
    legs: leg === undefined ? payment.legs : payment.legs.map((one) => (one.leg === leg.leg ? leg : one)),
    transactions:
      transaction === undefined
        ? payment.transactions
        : new Map(payment.transactions).set(
            transactionKeyOf(transaction.transaction),
            transaction.transaction,
          ),
  };
}
