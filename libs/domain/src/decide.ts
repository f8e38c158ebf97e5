import { isDeepStrictEqual } from 'node:util';
import { alertsOf } from './alerts.js';
import { Book } from './book.js';
import type {
  Changes,
  Decision,
  DecisionReason,
  IntentChange,
  IntentEventType,
  Outcome,
} from './decision.js';
import { FACT_EFFECTS, type FactOnLeg, factName } from './facts.js';
import { intentEvent } from './intent-event.js';
import { requirePossibleAmount } from './money.js';
import { type Intent, legOf, type Payment } from './payment.js';
import { moveStatus, type StatusMove } from './status-move.js';
import { isEnded } from './statuses.js';
import { NO_MONEY, type Sums } from './sums.js';
import { recordTransaction, type TransactionRecord } from './transaction-record.js';

/**
 * What a fact does to a payment. Pure: the same payment and fact give the same decision.
 *
 * Money first: its transaction is recorded in every status and from every leg, and the sums follow from the
 * transactions. Then the status: by the transition table, from the current leg, and only if newer.
 *
 * @throws RangeError if the fact is on no leg of this payment, or on one of another provider
 * @throws InvalidAmountError if an amount or a sum is negative or too large; it names which
 */
export function decide(payment: Payment, fact: FactOnLeg): Decision {
  return decideOn(new Book(payment), fact);
}

/** As `decide`, and writes the decision into the book. @throws as `decide`; the book then is to be set back */
export function decideOn(book: Book, fact: FactOnLeg): Decision {
  requireOwnLeg(book, fact);
  const { intent } = book;
  const { excess } = book.tally;
  const record = recordTransaction(book, fact);
  requirePossibleReport(record);
  if (record !== null && record.change !== null) book.put(record.change.transaction);
  const move = moveStatus(book, fact, record);
  const changed = intentChange(intent, move, record?.change ? possibleSums(book) : null);
  const isVisible = changed !== null || record?.isNews === true;
  const leg = move.kind === 'applied' || move.kind === 'heard' ? move.leg : null;
  const changes: Changes = {
    ...(isVisible && { intent: { ...changed, version: intent.version + 1 } }),
    ...(leg !== null && { leg }),
    ...(record !== null && record.change !== null && { transaction: record.change }),
  };
  const alerts = alertsOf(book, fact, record, excess);
  if (isVisible) book.intent = { ...intent, ...changes.intent };
  if (leg !== null) book.setLeg(leg);
  const type = eventType(intent, fact, move);
  return {
    ...outcomeOf(move, isVisible, waitsForCapture(book, record)),
    changes,
    alerts,
    event: isVisible
      ? intentEvent(intent, book.intent, {
          type,
          occurredAt: fact.occurredAt,
          transaction: changes.transaction?.transaction ?? null,
          alerts: alerts.map(({ code }) => code),
          commandId: fact.commandId ?? null,
        })
      : null,
    abandonedLeg: changes.intent?.currentLeg === undefined ? null : intent.currentLeg,
  };
}

function requireOwnLeg(book: Book, fact: FactOnLeg): void {
  const { provider } = legOf(book, fact.leg);
  if (provider === fact.provider) return;
  throw new RangeError(`leg ${fact.leg} is at ${provider}, the fact comes from ${fact.provider}`);
}

function requirePossibleReport(record: TransactionRecord | null): void {
  if (record === null) return;
  const { type, objectId, amount } = record.reported;
  requirePossibleAmount(`the amount of ${type} ${objectId}`, amount.amountMinor);
}

function possibleSums(book: Book): Sums {
  const sums = book.tally.sums();
  for (const [field, name] of NAMED_SUMS) requirePossibleAmount(name, sums[field]);
  return sums;
}

const NAMED_SUMS = (Object.keys(NO_MONEY) as (keyof Sums)[]).map(
  (field) => [field, `${field} of the payment`] as const,
);

/** The fields of the intent that differ after this fact; null if none does. */
function intentChange(intent: Intent, move: StatusMove, sums: Sums | null): IntentChange | null {
  const next: IntentChange = { ...sums, ...(move.kind === 'applied' && move.intent) };
  const change: Partial<Record<keyof IntentChange, unknown>> = {};
  for (const field of Object.keys(next) as (keyof IntentChange)[]) {
    if (!isDeepStrictEqual(next[field], intent[field])) change[field] = next[field];
  }
  return Object.keys(change).length === 0 ? null : (change as IntentChange);
}

/** A refund before its capture is most likely just early; one beyond a capture alerts instead. */
function waitsForCapture(book: Book, record: TransactionRecord | null): boolean {
  if (record === null || !record.isNews || record.reported.type !== 'REFUND') return false;
  return book.tally.waits(record.reported);
}

/** A fact whose row was news is processed, though its word on the status may come too late. */
function outcomeOf(
  move: StatusMove,
  isVisible: boolean,
  waits: boolean,
): { outcome: Outcome; reason: DecisionReason | null } {
  if (move.kind === 'refused') {
    return { outcome: isVisible ? 'PROCESSED' : move.outcome, reason: move.reason };
  }
  if (move.kind === 'heard') return { outcome: 'PROCESSED', reason: move.reason };
  if (!isVisible) return { outcome: 'PROCESSED', reason: 'NO_CHANGE' };
  return { outcome: 'PROCESSED', reason: waits ? 'WAITS_FOR_CAPTURE' : null };
}

function eventType({ status }: Intent, fact: FactOnLeg, move: StatusMove): IntentEventType {
  const name = factName(fact);
  if (move.kind === 'applied' && name === 'captured' && isEnded(status)) return 'late_success';
  const saysStatus = FACT_EFFECTS[name].status !== null;
  return saysStatus && move.kind !== 'applied' ? 'transaction_recorded' : name;
}
