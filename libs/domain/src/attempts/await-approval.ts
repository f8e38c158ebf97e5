import { legOf } from '../payment.js';
import type { Attempt } from './attempt.js';
import { holdUpTo } from './hold.js';
import { NOT_APPROVED } from './outcome.js';
import { type AttemptPolicy, backoffMs } from './policy.js';
import { type CheckStep, type EndStep, ended, givenUp, type PostponeStep } from './step.js';
import type { AttemptSubject } from './subject.js';

/** At PayPal the payer has to approve an order before its money can be captured or authorized. */
export function awaitsApproval({ attempt, payment }: AttemptSubject): boolean {
  const isPayPal = attempt.provider === 'paypal';
  const needsIt = attempt.operation === 'confirm' || attempt.operation === 'authorize';
  return isPayPal && needsIt && payment.intent.status !== 'REQUIRES_CONFIRMATION';
}

/**
 * The approval's webhook may be lost: the order itself is read from time to time. Most payers who have not approved
 * after some hours never will, and the gateway closes the order.
 */
export function checkOrHold(
  subject: AttemptSubject,
  policy: AttemptPolicy,
): CheckStep | PostponeStep | EndStep {
  const { attempt, payment, now } = subject;
  if (heldForMs(subject) >= policy.approvalMaxMs) return notApproved();
  const { gatewayObjectId: objectId } = legOf(payment, attempt.leg);
  const checkAt = nextCheckAt(attempt, policy);
  const isDue = checkAt !== null && checkAt <= now;
  return isDue && objectId !== null ? { kind: 'check', objectId } : holdForPayer(subject, policy);
}

/**
 * After the gateway said that it knows no such order: it has closed it, unless the order is so new that the gateway
 * may not show it yet.
 */
export function holdUnlessGone(subject: AttemptSubject, policy: AttemptPolicy): PostponeStep | EndStep {
  return heldForMs(subject) >= policy.quietMs ? notApproved() : holdForPayer(subject, policy);
}

function heldForMs({ attempt: { heldSince }, now }: AttemptSubject): number {
  return heldSince === null ? 0 : now - heldSince;
}

function notApproved(): EndStep {
  const message = 'its payer did not approve the order, and cannot do so any more';
  return ended('NOT_EXECUTED', givenUp(NOT_APPROVED, message));
}

export function holdForPayer({ attempt, now }: AttemptSubject, policy: AttemptPolicy): PostponeStep {
  const held = holdUpTo(policy.heldForPayerCapMs, attempt, now, policy);
  const checkAt = nextCheckAt(held.attempt, policy);
  // An overdue one waits like the rest: after days of outage it does not read many times at once.
  const isAhead = checkAt !== null && checkAt > now;
  return isAhead ? { ...held, dueAt: Math.min(held.dueAt, checkAt) } : held;
}

/** Null before the wait. */
function nextCheckAt(
  { heldSince, inquiries }: Attempt,
  { approvalCheckFirstMs, approvalCheckCapMs }: AttemptPolicy,
): number | null {
  if (heldSince === null) return null;
  const waits = Array.from({ length: inquiries + 1 }, (_, times) =>
    backoffMs(times, approvalCheckFirstMs, approvalCheckCapMs),
  );
  return waits.reduce((at, waitMs) => at + waitMs, heldSince);
}
