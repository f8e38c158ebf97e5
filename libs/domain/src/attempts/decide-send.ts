import { legOf } from '../payment.js';
import { isEnded } from '../statuses.js';
import { type Attempt, type AttemptError, isOpenMoney, movesMoney } from './attempt.js';
import { awaitsApproval, checkOrHold } from './await-approval.js';
import { hold } from './hold.js';
import { plannedCall } from './planned-call.js';
import type { AttemptPolicy } from './policy.js';
import { type CheckStep, type EndStep, ended, givenUp, type PostponeStep, type SendStep } from './step.js';
import type { AttemptSubject } from './subject.js';
import { targetOf } from './targets.js';
import { CAPTURED_INSTEAD } from './too-late.js';

/**
 * Whether an attempt that was provably not executed is sent now. Decided under the payment's lock, in the transaction
 * that marks it SENT.
 */
export function decideSend(
  subject: AttemptSubject,
  policy: AttemptPolicy,
): SendStep | CheckStep | PostponeStep | EndStep {
  const { attempt, now } = subject;
  const late = expired(attempt, now);
  if (late !== null) return ended('NOT_EXECUTED', late);
  const useless = pointless(subject);
  if (useless !== null) return ended('NOT_EXECUTED', useless, { isPointless: true });
  if (takesMoney(attempt) && subject.order.isPaid) {
    return ended('NOT_EXECUTED', givenUp('ORDER_HAS_ANOTHER', 'another intent paid the order meanwhile'));
  }
  const target = targetOf(subject);
  if (target === 'none') return withoutTarget(subject);
  if (awaitsApproval(subject)) return checkOrHold(subject, policy);
  if (awaitsAnother(subject)) return hold(attempt, now, policy);
  return { kind: 'send', call: plannedCall(subject, target.targetId), isResend: false };
}

export function expired({ notAfter }: Pick<Attempt, 'notAfter'>, now: number): AttemptError | null {
  if (notAfter === null || notAfter > now) return null;
  return givenUp('COMMAND_EXPIRED', 'its notAfter had passed before it was begun');
}

/** Why sending it would be unwanted by now, or have no effect; null if it would not. */
export function pointless({ attempt, payment }: AttemptSubject): AttemptError | null {
  const { operation, leg } = attempt;
  const { intent } = payment;
  const isPaying = operation !== 'cancel' && operation !== 'refund';
  const opensOrPays = isPaying && operation !== 'capture';
  if (isPaying && isEnded(intent.status)) return givenUp('INTENT_ENDED', `the intent is ${intent.status}`);
  if (opensOrPays && leg !== intent.currentLeg) {
    return givenUp('LEG_ABANDONED', 'it is paid on another leg');
  }
  if (isPaying && intent.amountCaptured > 0n) {
    return givenUp('ALREADY_CAPTURED', 'the intent is paid');
  }
  if (operation === 'create') return null;
  if (legOf(payment, leg).gatewayObjectId === null && operation !== 'refund') {
    return givenUp('NOTHING_OPENED', 'the gateway opened nothing for its leg');
  }
  if (operation === 'cancel' && isCapturedOn(payment, leg)) return CAPTURED_INSTEAD;
  if ((operation === 'confirm' || operation === 'authorize') && intent.status === 'REQUIRES_CAPTURE') {
    return givenUp('ALREADY_AUTHORIZED', 'the money is held');
  }
  return null;
}

function isCapturedOn({ transactions }: AttemptSubject['payment'], leg: number): boolean {
  return [...transactions.values()].some(
    (one) => one.leg === leg && one.type === 'PAYMENT' && one.status === 'SUCCEEDED',
  );
}

/** A cancellation of nothing succeeds; a capture or refund of nothing is not what was requested. */
function withoutTarget({ attempt: { operation } }: AttemptSubject): EndStep {
  if (operation === 'cancel') {
    const error = givenUp('NOTHING_HELD', 'no money is held: what is open closes at the gateway by itself');
    return ended('NOT_EXECUTED', error, { isPointless: true });
  }
  const error =
    operation === 'refund'
      ? givenUp('NOTHING_TO_REFUND', 'no capture has that much left')
      : givenUp('NOTHING_HELD', 'no money is held any more');
  return ended('NOT_EXECUTED', error);
}

/**
 * One operation that moves money may be open at a time, across all gateways; one that takes money, across the whole
 * order.
 */
function awaitsAnother({ attempt, others, order }: AttemptSubject): boolean {
  if (takesMoney(attempt) && order.isOpen) return true;
  return movesMoney(attempt.operation) && others.some(isOpenMoney);
}

/** At Razorpay the customer pays an order once it is created: a confirmation reads what they have paid there. */
function takesMoney({ operation, provider }: Attempt): boolean {
  if (operation === 'capture' || operation === 'authorize') return true;
  return operation === (provider === 'razorpay' ? 'create' : 'confirm');
}
