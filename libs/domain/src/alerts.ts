import type { Alert, AlertCode } from './decision.js';
import type { FactOnLeg } from './facts.js';
import type { Intent, Payment } from './payment.js';
import { isEnded } from './statuses.js';
import { uncoveredRefunds } from './sums.js';
import type { TransactionRecord } from './transaction-record.js';
import { saysTheSame, type TransactionState, transactionKeyOf } from './transactions.js';

type Rule = (payment: Payment, fact: FactOnLeg, record: TransactionRecord) => boolean;

/** When a person has to look. Repetitions of what was recorded before alert nobody again. */
const RULES = {
  DUPLICATE_CHARGE: isSecondCapture,
  REFUND_EXCEEDS_CAPTURE: exceedsCapture,
  AMOUNT_MISMATCH: isOfAnotherAmount,
  CURRENCY_MISMATCH: ({ intent }, _fact, { reported }) => reported.amount.currency !== intent.currency,
  UNEXPECTED_AUTHORIZATION: isHeldForNothing,
} as const satisfies Record<AlertCode, Rule>;

export function alertsOf(payment: Payment, fact: FactOnLeg, record: TransactionRecord | null): Alert[] {
  if (record === null || !record.isNews) return [];
  const { objectId, amount } = record.reported;
  return (Object.keys(RULES) as AlertCode[])
    .filter((code) => RULES[code](payment, fact, record))
    .map((code) => ({ code, leg: fact.leg, objectId, amount }));
}

function isSecondCapture(
  { transactions }: Payment,
  fact: FactOnLeg,
  { reported, before }: TransactionRecord,
) {
  if (fact.kind !== 'captured' || before?.status === 'SUCCEEDED') return false;
  const own = transactionKeyOf(reported);
  return Array.from(transactions).some(([key, transaction]) => key !== own && isCapture(transaction));
}

/** A refund that comes before any capture of its leg waits; only beside a capture is it too much. */
function exceedsCapture(payment: Payment, fact: FactOnLeg, { transactions }: TransactionRecord): boolean {
  const { currency } = payment.intent;
  const after = uncoveredRefunds(transactions.values(), currency, fact.leg);
  if (after === 0n) return false;
  if (fact.kind === 'captured') return true;
  const captures = Array.from(payment.transactions.values()).filter(isCapture);
  if (!captures.some(({ leg, amount }) => leg === fact.leg && amount.currency === currency)) return false;
  return after > uncoveredRefunds(payment.transactions.values(), currency, fact.leg);
}

/** A void that overtook its authorization has settled the matter already. */
function isHeldForNothing(
  { intent, transactions }: Payment,
  fact: FactOnLeg,
  { reported }: TransactionRecord,
) {
  if (fact.kind !== 'authorized') return false;
  if (!isEnded(intent.status) && fact.leg === intent.currentLeg) return false;
  return transactions.get(transactionKeyOf({ ...reported, type: 'VOID' }))?.status !== 'SUCCEEDED';
}

function isOfAnotherAmount({ intent }: Payment, fact: FactOnLeg, record: TransactionRecord): boolean {
  const { reported, before } = record;
  if (fact.kind !== 'captured' && fact.kind !== 'authorized') return false;
  if (reported.amount.currency !== intent.currency) return false;
  const isCorrected = before?.status === 'SUCCEEDED' && !saysTheSame(reported, before);
  return isCorrected || !isAsAskedFor(intent, fact, reported);
}

/** A manual capture may take less than was asked for; nothing may take more. */
function isAsAskedFor(intent: Intent, fact: FactOnLeg, { amount }: TransactionState): boolean {
  if (fact.kind === 'captured' && intent.captureMethod === 'automatic')
    return amount.amountMinor === intent.amount;
  return amount.amountMinor <= intent.amount;
}

function isCapture({ type, status }: TransactionState): boolean {
  return type === 'PAYMENT' && status === 'SUCCEEDED';
}
