import type { Book } from './book.js';
import type { DecisionReason, IntentChange, Outcome } from './decision.js';
import { type Captured, FACT_EFFECTS, type FactOnLeg, factName } from './facts.js';
import { isOfOtherObject, type Leg, legOf } from './payment.js';
import { type IntentStatus, isEnded } from './statuses.js';
import type { TransactionRecord } from './transaction-record.js';
import { isAttempt } from './transactions.js';
import {
  compareStatusFacts,
  isEnding,
  type StatusFact,
  type TimedStatusFact,
  type Transition,
  transition,
} from './transitions.js';

/** What a fact does to the status, or why it does nothing. `heard`: kept for when it may count. */
export type StatusMove =
  | { readonly kind: 'none' }
  | {
      readonly kind: 'refused';
      readonly outcome: Exclude<Outcome, 'PROCESSED'>;
      readonly reason: DecisionReason;
    }
  | { readonly kind: 'heard'; readonly reason: DecisionReason; readonly leg: Leg | null }
  | { readonly kind: 'applied'; readonly intent: IntentChange; readonly leg: Leg | null };

const NONE: StatusMove = { kind: 'none' };

/**
 * Status of a payment after a fact, by the transition table, the leg and the object that it is about, and the
 * gateway's time. The fact's transaction, if it has one, is in the book already.
 *
 * A leg may hold several attempts to pay. While the money of any is under way or held, the newest word of those
 * is the status; else it is the newest word that was heard on the leg. So a failure counts for the object that
 * failed, and an order of arrival for nothing.
 */
export function moveStatus(book: Book, fact: FactOnLeg, record: TransactionRecord | null): StatusMove {
  const { status: word } = FACT_EFFECTS[factName(fact)];
  if (word === null || paysInOtherCurrency(book, word, record)) return NONE;
  if (fact.kind === 'captured') return moveByCapture(book, fact);
  if (fact.leg !== book.intent.currentLeg) return refused('STALE', 'OTHER_LEG');

  const leg = legOf(book, fact.leg);
  if (isStray(leg, fact, record)) return refused('STALE', 'OTHER_OBJECT');
  const heard = { fact: word, occurredAt: fact.occurredAt };
  const attempt = record !== null && isAttempt(record.reported) ? record : null;
  if (attempt === null ? isOlder(heard, leg.lastStatusFact) : attempt.isOutdated) {
    return refused('STALE', 'OLDER_THAN_LAST');
  }
  const { status } = book.intent;
  const next = transition(status, word);
  if (isRefusal(next)) return refused(next, isEnded(status) ? 'INTENT_ENDED' : 'AFTER_SUCCESS');
  const after = attempt !== null && !isEnding(word) ? null : heardOn(leg, heard);
  // An ended payment keeps what it said of its end.
  if (isEnded(status)) return { kind: 'applied', intent: { status: next }, leg: after };
  return moveByLeg(book, fact, { heard, next, leg: after });
}

interface Hearing {
  readonly heard: TimedStatusFact;
  /** The status if the fact has the last word. */
  readonly next: IntentStatus;
  /** The leg as it then is; null if it stays. */
  readonly leg: Leg | null;
}

/** By the last word of the fact's leg, whoever has it. */
function moveByLeg(book: Book, fact: FactOnLeg, { heard, next, leg }: Hearing): StatusMove {
  const { status } = book.intent;
  const live = book.liveWord(fact.leg);
  const last = live ?? (leg ?? legOf(book, fact.leg)).lastStatusFact;
  if (last?.fact === heard.fact && last.occurredAt === heard.occurredAt) {
    return { kind: 'applied', intent: { status: next, ...toldBy(fact) }, leg };
  }
  const byLast = last === null ? status : transition(status, last.fact);
  if (byLast !== status && !isRefusal(byLast)) {
    const lastError = live === null && fact.kind === 'failed' ? fact.failure : null;
    return { kind: 'applied', intent: { status: byLast, lastError, nextAction: null }, leg };
  }
  return live === null
    ? refused('STALE', 'OLDER_THAN_LAST')
    : { kind: 'heard', reason: 'OTHER_OBJECT_LIVE', leg };
}

/**
 * Captured money moves every status and asks neither for the leg nor for the time. On another leg than the
 * current one it makes that leg current, unless the payment was paid before: then it is a second charge.
 */
function moveByCapture(book: Book, fact: Captured & FactOnLeg): StatusMove {
  const { intent } = book;
  const next = transition(intent.status, 'captured');
  if (isRefusal(next)) throw new Error(`a capture must move ${intent.status}`);
  return {
    kind: 'applied',
    intent: {
      status: next,
      currentLeg: intent.amountCaptured === 0n ? fact.leg : intent.currentLeg,
      lastError: null,
      nextAction: null,
    },
    leg: heardOn(legOf(book, fact.leg), { fact: 'captured', occurredAt: fact.occurredAt }),
  };
}

/** Money of another currency pays for nothing here. It is recorded, and a person is told. */
function paysInOtherCurrency({ intent }: Book, word: StatusFact, record: TransactionRecord | null): boolean {
  return record !== null && !isEnding(word) && record.reported.amount.currency !== intent.currency;
}

/** About another object than the leg's own. An attempt that does not say what it is part of is taken for the leg's. */
function isStray(leg: Leg, fact: FactOnLeg, record: TransactionRecord | null): boolean {
  if (record !== null) return isOfOtherObject(leg, record.reported);
  return isOfOtherObject(leg, { objectId: fact.objectId, parentId: fact.parentId ?? fact.objectId });
}

function refused(outcome: Exclude<Outcome, 'PROCESSED'>, reason: DecisionReason): StatusMove {
  return { kind: 'refused', outcome, reason };
}

function isRefusal(next: Transition): next is 'STALE' | 'IGNORED' {
  return next === 'STALE' || next === 'IGNORED';
}

/** Follows from the newest fact alone, so that any order of arrival ends the same. */
function toldBy(fact: FactOnLeg): IntentChange {
  return {
    lastError: fact.kind === 'failed' ? fact.failure : null,
    nextAction: 'nextAction' in fact ? (fact.nextAction ?? null) : null,
  };
}

function heardOn(leg: Leg, heard: TimedStatusFact): Leg | null {
  const isNewer = leg.lastStatusFact === null || compareStatusFacts(heard, leg.lastStatusFact) > 0;
  return isNewer ? { ...leg, lastStatusFact: heard } : null;
}

function isOlder(heard: TimedStatusFact, last: TimedStatusFact | null): boolean {
  return last !== null && compareStatusFacts(heard, last) < 0;
}
