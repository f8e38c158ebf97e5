import { isDeepStrictEqual } from 'node:util';
import { alertsOf } from './alerts.js';
import type {
  Alert,
  Changes,
  Decision,
  DecisionReason,
  IntentChange,
  IntentEventType,
  Outcome,
  PaymentIntentEvent,
} from './decision.js';
import { evolve } from './evolve.js';
import { FACT_EFFECTS, type FactOnLeg, factName } from './facts.js';
import { AMOUNT_MINOR_MAX, InvalidAmountError } from './money.js';
import { type Intent, legOf, type Payment } from './payment.js';
import { moveStatus, type StatusMove } from './status-move.js';
import { isEnded } from './statuses.js';
import { sumsIn, sumsOf, uncoveredRefunds } from './sums.js';
import { recordTransaction, type TransactionRecord } from './transaction-record.js';

/**
 * What a fact does to a payment. Pure: the same payment and fact give the same decision.
 *
 * Money first: its transaction is recorded in every status and from every leg, and the sums follow from the
 * transactions. Then the status: by the transition table, from the current leg, and only if newer.
 *
 * @throws RangeError if the fact is on no leg of this payment, or on one of another provider
 * @throws InvalidAmountError if an amount is negative or too large
 */
export function decide(payment: Payment, fact: FactOnLeg): Decision {
  requireOwnLeg(payment, fact);
  const record = recordTransaction(payment, fact);
  requirePossibleAmount(record);
  const move = moveStatus(payment, fact);
  const changed = intentChange(payment.intent, move, record);
  const isVisible = changed !== null || record?.isNews === true;
  const leg = move.kind === 'applied' ? move.leg : null;
  const changes: Changes = {
    ...(isVisible && { intent: { ...changed, version: payment.intent.version + 1 } }),
    ...(leg !== null && { leg }),
    ...(record !== null && record.change !== null && { transaction: record.change }),
  };
  const alerts = alertsOf(payment, fact, record);
  return {
    ...outcomeOf(move, isVisible, waitsForCapture(payment, fact, record)),
    changes,
    alerts,
    event: isVisible ? eventOf(payment, fact, eventType(payment, fact, move), changes, alerts) : null,
    abandonedLeg: changes.intent?.currentLeg === undefined ? null : payment.intent.currentLeg,
  };
}

function requireOwnLeg(payment: Payment, fact: FactOnLeg): void {
  const { provider } = legOf(payment, fact.leg);
  if (provider === fact.provider) return;
  throw new RangeError(`leg ${fact.leg} is at ${provider}, the fact comes from ${fact.provider}`);
}

function requirePossibleAmount(record: TransactionRecord | null): void {
  const amount = record?.reported.amount.amountMinor ?? 0n;
  if (amount >= 0n && amount <= AMOUNT_MINOR_MAX) return;
  throw new InvalidAmountError(`an amount lies between 0 and ${AMOUNT_MINOR_MAX}: ${amount}`);
}

/** The fields of the intent that differ after this fact; null if none does. */
function intentChange(
  intent: Intent,
  move: StatusMove,
  record: TransactionRecord | null,
): IntentChange | null {
  const next: IntentChange = {
    ...(record?.isNews && sumsOf(record.transactions.values(), intent.currency)),
    ...(move.kind === 'applied' && move.intent),
  };
  const fields = Object.keys(next) as (keyof IntentChange)[];
  const differing = fields.filter((field) => !isDeepStrictEqual(next[field], intent[field]));
  return differing.length === 0 ? null : Object.fromEntries(differing.map((field) => [field, next[field]]));
}

/** A refund before any capture of its leg is most likely just early; one beyond a capture alerts instead. */
function waitsForCapture({ intent }: Payment, fact: FactOnLeg, record: TransactionRecord | null): boolean {
  if (fact.kind !== 'refund' || record === null || !record.isNews) return false;
  return uncoveredRefunds(record.transactions.values(), intent.currency, fact.leg) > 0n;
}

/** A fact whose row was news is processed, though its word on the status may come too late. */
function outcomeOf(
  move: StatusMove,
  isVisible: boolean,
  waits: boolean,
): { outcome: Outcome; reason: DecisionReason | null } {
  if (move.kind === 'refused')
    return { outcome: isVisible ? 'PROCESSED' : move.outcome, reason: move.reason };
  if (!isVisible) return { outcome: 'PROCESSED', reason: 'NO_CHANGE' };
  return { outcome: 'PROCESSED', reason: waits ? 'WAITS_FOR_CAPTURE' : null };
}

function eventType({ intent }: Payment, fact: FactOnLeg, move: StatusMove): IntentEventType {
  const name = factName(fact);
  if (move.kind === 'applied' && name === 'captured' && isEnded(intent.status)) return 'late_success';
  const saysStatus = FACT_EFFECTS[name].status !== null;
  return saysStatus && move.kind !== 'applied' ? 'transaction_recorded' : name;
}

function eventOf(
  payment: Payment,
  fact: FactOnLeg,
  type: IntentEventType,
  changes: Changes,
  alerts: readonly Alert[],
): PaymentIntentEvent {
  const { intent } = evolve(payment, { changes });
  const { version, intentId, orderId, customerId, status, amount, currency } = intent;
  const { currentLeg, lastError, nextAction } = intent;
  return {
    ...{ type, version, intentId, orderId, customerId, status, previousStatus: payment.intent.status },
    ...{ amount, currency, ...sumsIn(intent), currentLeg, lastError, nextAction },
    occurredAt: fact.occurredAt,
    transaction: changes.transaction?.transaction ?? null,
    alerts: alerts.map(({ code }) => code),
  };
}
