import { confirmationOf } from '../commands/decide-money.js';
import type { GatewayCall } from '../commands/gateway-request.js';
import type { IntentChange, PaymentIntentEvent } from '../decision.js';
import { abandonCommandIdOf, type CommandId } from '../ids.js';
import { intentEvent } from '../intent-event.js';
import { legOf, type Payment } from '../payment.js';
import { isEnded } from '../statuses.js';
import type { Attempt } from './attempt.js';
import type { FailOver } from './fail-over.js';
import { NOT_APPROVED } from './outcome.js';
import { type Ending, ended as endedAs, failureOf } from './step.js';
import { STILL_PROCESSING } from './too-late.js';

/** The effect of an attempt's end on its payment, in addition to the answer's facts. */
export interface EndingEffect {
  readonly payment: Payment;
  /** Null: no event. */
  readonly event: PaymentIntentEvent | null;
  /** Nothing else requested on the leg can succeed: its requests are closed, its attempts end. */
  readonly closesLeg: boolean;
  /** The new leg, with its gateway's token. */
  readonly opened: { readonly leg: number; readonly paymentMethodToken: string | null } | null;
  /** Calls to request, in this order. */
  readonly asked: readonly AskedCall[];
}

/** A call that a command requested, possibly in another form. */
export interface AskedCall {
  readonly commandId: CommandId;
  readonly notAfter: number | null;
  readonly call: GatewayCall;
}

/** The end of an attempt, and the state at that time. */
export interface EndedAttempt {
  readonly attempt: Pick<
    Attempt,
    'commandId' | 'operation' | 'leg' | 'provider' | 'isOfCreation' | 'notAfter'
  >;
  readonly ending: Ending;
  /** The answer's facts said that it failed: their event has been published. */
  readonly isTold: boolean;
  /** In milliseconds since the epoch. */
  readonly now: number;
}

/** @param payment after the answer's facts were applied */
export function effectOf(payment: Payment, ended: EndedAttempt): EndingEffect {
  const { ending, attempt, isTold } = ended;
  const nothing: EndingEffect = { payment, event: null, closesLeg: false, opened: null, asked: [] };
  if (ending.state === 'SUCCEEDED' || ending.error === null) {
    return {
      ...nothing,
      ...(wasRefused(payment, attempt) && told(payment, ended, { type: 'canceled', change: {} })),
      asked: openedInVain(payment, attempt),
    };
  }
  if (ending.failOver !== null) return failedOver(payment, ended, ending.failOver);
  if (isFatal(payment, ended)) return failed(payment, ended);
  const closesLeg = attempt.operation === 'create';
  if (isTold || ending.isPointless || !isMinded(payment, attempt)) return { ...nothing, closesLeg };
  return { ...nothing, closesLeg, ...told(payment, ended, { type: 'call_failed', change: {} }) };
}

/**
 * The effect of a refusal of an attempt that goes on: its requester is told once, as if it had ended there, and again
 * when it has succeeded.
 *
 * @param refused with the refusal as its last error
 */
export function effectOfRefusal(
  payment: Payment,
  refused: Attempt,
  now: number,
): Pick<EndingEffect, 'payment' | 'event'> {
  // It may have been paid since the gateway refused.
  const isNews = isEnded(payment.intent.status) && !wasRefused(payment, refused);
  if (refused.lastError === null || !isNews) return { payment, event: null };
  const { ending } = endedAs('FAILED', refused.lastError);
  return effectOf(payment, { attempt: refused, ending, isTold: false, now });
}

/** Its requester was told that the gateway does not cancel the payment for now. */
function wasRefused({ intent }: Payment, { operation, leg }: EndedAttempt['attempt']): boolean {
  return operation === 'cancel' && leg === intent.currentLeg && intent.lastError?.code === STILL_PROCESSING;
}

/** The leg was abandoned while its gateway was opening an object for it. */
function openedInVain(payment: Payment, { operation, leg, commandId }: EndedAttempt['attempt']): AskedCall[] {
  const isLeft = operation === 'create' && leg !== payment.intent.currentLeg;
  return isLeft ? cancellationOf(payment, leg, commandId) : [];
}

/**
 * Without its gateway object, if the confirmation requested with it was never made, or if its payer cannot approve it
 * any more, the payment cannot continue.
 */
function isFatal({ intent }: Payment, { attempt, ending }: EndedAttempt): boolean {
  const { operation, isOfCreation, leg } = attempt;
  if (ending.isPointless || isEnded(intent.status) || intent.status === 'SUCCEEDED') return false;
  if (leg !== intent.currentLeg) return false;
  if (operation === 'create') return true;
  const confirms = operation === 'confirm' || operation === 'authorize';
  if (!confirms || ending.state !== 'NOT_EXECUTED') return false;
  return isOfCreation || ending.error?.code === NOT_APPROVED;
}

/**
 * Whether an event is needed. A refund needs one on any leg, everything else on the current leg only, and a charge
 * only while the intent is open and unpaid.
 */
function isMinded({ intent }: Payment, { operation, leg }: EndedAttempt['attempt']): boolean {
  if (operation === 'refund') return true;
  const isSettled = isEnded(intent.status) || intent.amountCaptured > 0n;
  return leg === intent.currentLeg && (operation === 'cancel' || !isSettled);
}

function failed(payment: Payment, ended: EndedAttempt): EndingEffect {
  const change = { status: 'FAILED', nextAction: null } as const;
  return {
    closesLeg: true,
    opened: null,
    asked: cancellationOf(payment, ended.attempt.leg, ended.attempt.commandId),
    ...told(payment, ended, { type: 'failed', change }),
  };
}

function failedOver(payment: Payment, ended: EndedAttempt, to: FailOver): EndingEffect {
  const { gatewayProvider: provider, paymentMethodToken, create, confirm } = to;
  const leg = Math.max(...payment.legs.map((one) => one.leg)) + 1;
  const hasToken = paymentMethodToken !== null;
  const opened = { leg, provider, gatewayObjectId: null, hasToken, lastStatusFact: null };
  const change = { status: 'CREATED', currentLeg: leg, nextAction: null } as const;
  const moved = told(payment, ended, { type: 'failed_over', change });
  const after = { ...moved.payment, legs: [...payment.legs, opened] };
  const creation: GatewayCall = {
    operation: 'create',
    provider,
    leg,
    amount: payment.intent.amount,
    details: {},
  };
  const confirmations = confirm === null ? [] : confirmationOf(after, confirm.details);
  return {
    payment: after,
    event: moved.event,
    closesLeg: true,
    opened: { leg, paymentMethodToken },
    asked: [
      ...cancellationOf(payment, ended.attempt.leg, ended.attempt.commandId),
      { ...create, call: creation },
      ...confirmations.map((call) => askedBy(confirm ?? create, call)),
    ],
  };
}

function askedBy({ commandId, notAfter }: Omit<AskedCall, 'call'>, call: GatewayCall): AskedCall {
  return { commandId, notAfter, call };
}

/** Cancels an object that was opened on a leg and will not be paid; Razorpay has no such call. */
function cancellationOf(payment: Payment, leg: number, commandId: CommandId): AskedCall[] {
  const { provider, gatewayObjectId } = legOf(payment, leg);
  if (provider === 'razorpay' || gatewayObjectId === null) return [];
  const call: GatewayCall = { operation: 'cancel', provider, leg, amount: null, details: {} };
  return [{ commandId, notAfter: null, call }];
}

/** The calls to request once money on another leg has replaced this one; by a command of our own. */
export function abandonmentOf(payment: Payment, leg: number): AskedCall[] {
  return cancellationOf(payment, leg, abandonCommandIdOf(payment.intent.intentId, leg));
}

interface Telling {
  readonly type: 'canceled' | 'failed' | 'call_failed' | 'failed_over';
  readonly change: IntentChange;
}

function told(
  payment: Payment,
  { attempt: { commandId }, ending, now }: EndedAttempt,
  { type, change }: Telling,
): Pick<EndingEffect, 'payment' | 'event'> {
  const { intent } = payment;
  const lastError = ending.error === null ? null : failureOf(ending.error);
  const after = { ...intent, ...change, lastError, version: intent.version + 1 };
  const event = intentEvent(intent, after, {
    type,
    occurredAt: now,
    transaction: null,
    alerts: [],
    commandId,
  });
  return { payment: { ...payment, intent: after }, event };
}
