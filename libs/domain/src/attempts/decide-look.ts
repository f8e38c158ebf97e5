import { legOf } from '../payment.js';
import type { TransactionStatus, TransactionType } from '../statuses.js';
import { plannedCall } from './planned-call.js';
import { type EndStep, type FetchStep, type InquireStep, SUCCEEDED } from './step.js';
import type { AttemptSubject } from './subject.js';

/** How to resolve an unknown outcome: from our own ledger first, then by an inquiry at the gateway. */
export function decideLook(subject: AttemptSubject): EndStep | InquireStep | FetchStep {
  const { attempt, payment } = subject;
  if (attempt.verdict !== null) {
    const objectId = attempt.verdict.objectId ?? legOf(payment, attempt.leg).gatewayObjectId;
    if (objectId !== null) return { kind: 'fetch', objectId };
  }
  if (isShownByLedger(subject)) return { kind: 'end', ending: SUCCEEDED };
  return { kind: 'inquire', call: plannedCall(subject, attempt.targetId) };
}

/** Webhooks may already have reported what only this call can have caused. Refunds are ambiguous. */
function isShownByLedger({ attempt, payment }: AttemptSubject): boolean {
  const leg = legOf(payment, attempt.leg);
  const ofLeg = [...payment.transactions.values()].filter((one) => one.leg === attempt.leg);
  const has = (type: TransactionType, ...statuses: readonly TransactionStatus[]): boolean =>
    ofLeg.some((one) => one.type === type && statuses.includes(one.status));
  switch (attempt.operation) {
    case 'confirm':
    case 'authorize':
      return has('PAYMENT', 'SUCCEEDED', 'PENDING') || has('AUTHORIZATION', 'SUCCEEDED', 'PENDING');
    case 'capture':
      return has('PAYMENT', 'SUCCEEDED');
    case 'cancel':
      return has('VOID', 'SUCCEEDED') || leg.lastStatusFact?.fact === 'canceled';
    case 'create':
    case 'refund':
      return false;
  }
}
