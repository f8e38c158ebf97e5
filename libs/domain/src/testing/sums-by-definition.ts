import type { Payment } from '../payment.js';
import type { Sums } from '../sums.js';
import type { TransactionState } from '../transactions.js';

/** The sums of a payment added up anew from all of its transactions: slow, and plain to see. */
export function sumsByDefinition({ intent, transactions }: Payment): Sums {
  const counted = [...transactions.values()].filter(({ amount }) => amount.currency === intent.currency);
  const is = (type: TransactionState['type'], ...statuses: TransactionState['status'][]) =>
    counted.filter((one) => one.type === type && statuses.includes(one.status));
  const voided = new Set(is('VOID', 'SUCCEEDED').map(nameOf));
  const captures = is('PAYMENT', 'SUCCEEDED');
  const refunds = is('REFUND', 'SUCCEEDED', 'PENDING');
  const byName = new Map(captures.map((capture) => [nameOf(capture), capture]));
  const captureOf = (refund: TransactionState) =>
    byName.get(nameOf({ ...refund, objectId: refund.parentId ?? refund.objectId }));
  const within = (capture: TransactionState, own: readonly TransactionState[]) => {
    const done = least(total(own, 'SUCCEEDED'), capture.amount.amountMinor);
    return { done, pending: least(total(own, 'PENDING'), capture.amount.amountMinor - done) };
  };
  let [amountRefunded, amountRefundPending] = [0n, 0n];
  for (const leg of new Set(captures.map((capture) => capture.leg))) {
    const ofLeg = captures.filter((capture) => capture.leg === leg);
    const named = ofLeg.map((capture) =>
      within(
        capture,
        refunds.filter((refund) => captureOf(refund) === capture),
      ),
    );
    const loose = refunds.filter(
      (refund) => refund.leg === leg && captureOf(refund) === undefined && refund.parentId === null,
    );
    const captured = total(ofLeg);
    const done = least(add(named.map((one) => one.done)) + total(loose, 'SUCCEEDED'), captured);
    amountRefunded += done;
    amountRefundPending += least(
      add(named.map((one) => one.pending)) + total(loose, 'PENDING'),
      captured - done,
    );
  }
  return {
    amountAuthorized: total(is('AUTHORIZATION', 'SUCCEEDED').filter((one) => !voided.has(nameOf(one)))),
    amountCaptured: total(captures),
    amountRefunded,
    amountRefundPending,
    amountDisputed: total(is('DISPUTE', 'SUCCEEDED', 'PENDING')),
  };
}

function nameOf({ provider, objectId }: Pick<TransactionState, 'provider' | 'objectId'>): string {
  return `${provider} ${objectId}`;
}

function total(transactions: readonly TransactionState[], status?: TransactionState['status']): bigint {
  return add(
    transactions
      .filter((one) => status === undefined || one.status === status)
      .map(({ amount }) => amount.amountMinor),
  );
}

function add(amounts: readonly bigint[]): bigint {
  return amounts.reduce((sum, amount) => sum + amount, 0n);
}

function least(left: bigint, right: bigint): bigint {
  return left < right ? left : right;
}
