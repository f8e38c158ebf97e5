import type { DecisionReason, IntentChange, Outcome } from './decision.js';
import { type Captured, FACT_EFFECTS, type FactOnLeg, factName } from './facts.js';
import { type Leg, legOf, type Payment } from './payment.js';
import { isEnded } from './statuses.js';
import { compareStatusFacts, type TimedStatusFact, transition } from './transitions.js';

/** What a fact does to the status, or why it does nothing. */
export type StatusMove =
  | { readonly kind: 'none' }
  | {
      readonly kind: 'refused';
      readonly outcome: Exclude<Outcome, 'PROCESSED'>;
      readonly reason: DecisionReason;
    }
  | { readonly kind: 'applied'; readonly intent: IntentChange; readonly leg: Leg | null };

const NONE: StatusMove = { kind: 'none' };

/** Status of a payment after a fact, by the transition table, the leg that it is about, and the gateway's time. */
export function moveStatus(payment: Payment, fact: FactOnLeg): StatusMove {
  if (fact.kind === 'captured') return moveByCapture(payment, fact);
  const { status: word } = FACT_EFFECTS[factName(fact)];
  if (word === null) return NONE;
  if (fact.leg !== payment.intent.currentLeg) return refused('STALE', 'OTHER_LEG');

  const leg = legOf(payment, fact.leg);
  const heard = { fact: word, occurredAt: fact.occurredAt };
  if (leg.lastStatusFact !== null && compareStatusFacts(heard, leg.lastStatusFact) < 0) {
    return refused('STALE', 'OLDER_THAN_LAST');
  }
  const { status } = payment.intent;
  const next = transition(status, word);
  if (next === 'STALE' || next === 'IGNORED') {
    return refused(next, isEnded(status) ? 'INTENT_ENDED' : 'AFTER_SUCCESS');
  }
  // An ended payment keeps what it said of its end.
  const told = isEnded(status) ? {} : toldBy(fact);
  return { kind: 'applied', intent: { status: next, ...told }, leg: heardOn(leg, heard) };
}

/**
 * Captured money moves every status and asks neither for the leg nor for the time. On another leg than the
 * current one it makes that leg current, unless the payment was paid before: then it is a second charge.
 */
function moveByCapture(payment: Payment, fact: Captured & FactOnLeg): StatusMove {
  const { intent } = payment;
  // Money of another currency pays for nothing here. It is recorded, and a person is told.
  if (fact.amount.currency !== intent.currency) return NONE;
  const next = transition(intent.status, 'captured');
  if (next === 'STALE' || next === 'IGNORED') throw new Error(`a capture must move ${intent.status}`);
  return {
    kind: 'applied',
    intent: {
      status: next,
      currentLeg: intent.amountCaptured === 0n ? fact.leg : intent.currentLeg,
      lastError: null,
      nextAction: null,
    },
    leg: heardOn(legOf(payment, fact.leg), { fact: 'captured', occurredAt: fact.occurredAt }),
  };
}

function refused(outcome: Exclude<Outcome, 'PROCESSED'>, reason: DecisionReason): StatusMove {
  return { kind: 'refused', outcome, reason };
}

/** Follows from the newest fact alone, so that any order of arrival ends the same. */
function toldBy(fact: FactOnLeg): IntentChange {
  return {
    lastError: fact.kind === 'failed' ? fact.failure : null,
    nextAction: fact.kind === 'requires_action' ? fact.nextAction : null,
  };
}

function heardOn(leg: Leg, heard: TimedStatusFact): Leg | null {
  const isNewer = leg.lastStatusFact === null || compareStatusFacts(heard, leg.lastStatusFact) > 0;
  return isNewer ? { ...leg, lastStatusFact: heard } : null;
}
