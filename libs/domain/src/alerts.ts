import type { Book } from './book.js';
import type { Alert, AlertCode } from './decision.js';
import type { FactOnLeg } from './facts.js';
import { type Intent, isOfOtherObject, legOf } from './payment.js';
import { isEnded } from './statuses.js';
import type { TransactionRecord } from './transaction-record.js';
import { saysTheSame, type TransactionState, transactionKeyOf } from './transactions.js';

/** What is asked of: the transaction is in the book, the status still as before. */
interface Occasion {
  readonly book: Book;
  readonly fact: FactOnLeg;
  readonly record: TransactionRecord;
  /** What refunds claimed beyond captures before. */
  readonly excessBefore: bigint;
}

/** Conditions that require a person. Repeated reports of a recorded transaction do not alert again. */
const RULES = {
  DUPLICATE_CHARGE: isSecondCapture,
  ORDER_PAID_TWICE: paysOrderAgain,
  REFUND_EXCEEDS_CAPTURE: ({ book, excessBefore }) => book.tally.excess > excessBefore,
  AMOUNT_MISMATCH: isOfAnotherAmount,
  CURRENCY_MISMATCH: ({ book, record }) => record.reported.amount.currency !== book.intent.currency,
  UNEXPECTED_AUTHORIZATION: isHeldForNothing,
} as const satisfies Record<AlertCode, (occasion: Occasion) => boolean>;
const CODES = Object.keys(RULES) as AlertCode[];

export function alertsOf(
  book: Book,
  fact: FactOnLeg,
  record: TransactionRecord | null,
  excessBefore: bigint,
): Alert[] {
  if (record === null || !record.isNews) return [];
  const { objectId, amount } = record.reported;
  const occasion = { book, fact, record, excessBefore };
  return CODES.filter((code) => RULES[code](occasion)).map((code) => ({
    code,
    leg: fact.leg,
    objectId,
    amount,
  }));
}

function isSecondCapture({ book, fact, record: { before } }: Occasion): boolean {
  return fact.kind === 'captured' && before?.status !== 'SUCCEEDED' && book.tally.captureCount > 1;
}

/** The capture that pays the intent. Further ones of the same intent are its DUPLICATE_CHARGE. */
function paysOrderAgain({ book: { intent }, fact, record: { reported } }: Occasion): boolean {
  if (fact.kind !== 'captured' || reported.amount.currency !== intent.currency) return false;
  return intent.orderPaidElsewhere && intent.status !== 'SUCCEEDED';
}

/** A void that overtook its authorization has already resolved it. */
function isHeldForNothing({ book, fact, record: { reported } }: Occasion): boolean {
  if (fact.kind !== 'authorized') return false;
  const { status, currentLeg } = book.intent;
  const isAbandoned = fact.leg !== currentLeg || isOfOtherObject(legOf(book, fact.leg), reported);
  if (!isEnded(status) && !isAbandoned) return false;
  return book.transactions.get(transactionKeyOf({ ...reported, type: 'VOID' }))?.status !== 'SUCCEEDED';
}

function isOfAnotherAmount({ book: { intent }, fact, record: { reported, before } }: Occasion): boolean {
  if (fact.kind !== 'captured' && fact.kind !== 'authorized') return false;
  if (reported.amount.currency !== intent.currency) return false;
  const isCorrected = before?.status === 'SUCCEEDED' && !saysTheSame(reported, before);
  return isCorrected || !isAsAskedFor(intent, fact, reported);
}

/** A manual capture may take less than requested; nothing may take more. */
function isAsAskedFor(intent: Intent, fact: FactOnLeg, { amount }: TransactionState): boolean {
  if (fact.kind === 'captured' && intent.captureMethod === 'automatic')
    return amount.amountMinor === intent.amount;
  return amount.amountMinor <= intent.amount;
}
