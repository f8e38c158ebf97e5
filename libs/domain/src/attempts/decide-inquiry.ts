import type { Fact, FactKind } from '../facts.js';
import type { IntentId } from '../ids.js';
import { legOf } from '../payment.js';
import type { TransactionStatus, TransactionType } from '../statuses.js';
import type { Attempt, AttemptError } from './attempt.js';
import { answered } from './decide-after-call.js';
import { decideNotExecuted } from './decide-not-executed.js';
import { decideSend, expired } from './decide-send.js';
import { ANSWER_NOT_BOOKED, isLeftAlone } from './outcome.js';
import { type PlannedCall, plannedCall } from './planned-call.js';
import { type AttemptPolicy, backoffMs } from './policy.js';
import {
  type Ending,
  type EndStep,
  type FetchStep,
  type InquireStep,
  ownError,
  type PostponeStep,
  type SendStep,
  SUCCEEDED,
} from './step.js';
import type { AttemptCircumstances, AttemptSubject } from './subject.js';

/** How an attempt whose outcome is unknown is looked for: in our own ledger first, then at the gateway. */
export function decideLook(subject: AttemptSubject): EndStep | InquireStep | FetchStep {
  const { attempt, payment } = subject;
  if (attempt.verdict !== null) {
    const objectId = attempt.verdict.objectId ?? legOf(payment, attempt.leg).gatewayObjectId;
    if (objectId !== null) return { kind: 'fetch', objectId };
  }
  if (isShownByLedger(subject)) return { kind: 'end', ending: SUCCEEDED };
  return { kind: 'inquire', call: plannedCall(subject, attempt.targetId) };
}

/**
 * The gateway was asked, and nothing shows the call. While the gateway keeps the key, it is sent again, once: then
 * it happens now or is answered as before. Else nothing has to be seen twice, the first time long after the last
 * sending: that proves that nothing was done, and the next try takes a new key, under which no stored answer of
 * the old one comes back.
 */
export function decideNothingFound(
  subject: AttemptSubject,
  circumstances: AttemptCircumstances,
): SendStep | PostponeStep | EndStep {
  const { policy } = circumstances;
  const { attempt, now } = subject;
  if (attempt.verdict !== null) return notShown(subject, policy);
  const resend = resendOf(subject, circumstances);
  if (resend !== null) return { kind: 'send', call: resend, isResend: true };
  const isQuiet = now >= quietAt(attempt, policy);
  if (isQuiet && attempt.notFoundSince !== null) {
    const error = reasonOf(attempt);
    const proved = { ...subject, attempt: withNewKey(attempt) };
    return decideNotExecuted(proved, { error, retryAfterMs: null }, circumstances);
  }
  const notFoundSince = isQuiet ? now : null;
  return stillUnknown({ ...subject, attempt: { ...attempt, notFoundSince } }, policy, attempt.lastError);
}

/** What came of the call; that the gateway was left alone meanwhile, when it was to be asked, is none of it. */
function reasonOf({ lastError }: Attempt): AttemptError {
  if (lastError !== null && !isLeftAlone(lastError)) return lastError;
  return ownError('NOT_FOUND', 'the gateway knows nothing of it');
}

/** The gateway was asked, and shows the call by these facts. */
export function decideFound(facts: readonly Fact[]): EndStep {
  return answered({ facts });
}

/** What was fetched because a person named it. */
export interface FetchedObject {
  /** The payment intent or order that it is, or is part of. */
  readonly gatewayObjectId: string;
  /** Our own id of the payment, where the gateway brings it back. */
  readonly intentId?: IntentId;
  readonly facts: readonly Fact[];
}

/**
 * The object that a person named was fetched. One of another payment, or facts of it that say nothing of the call,
 * leave the matter open.
 */
export function decideFetched(
  subject: AttemptSubject,
  fetched: FetchedObject,
  { policy }: AttemptCircumstances,
): EndStep | PostponeStep {
  const { facts } = fetched;
  if (isOfPayment(subject, fetched) && showsCall(subject, facts)) return answered({ facts });
  return notShown(subject, policy);
}

/** Of what was opened here for the leg; and where that is what is missing, of what was opened for us. */
function isOfPayment(
  { attempt, payment }: AttemptSubject,
  { gatewayObjectId, intentId }: FetchedObject,
): boolean {
  const opened = legOf(payment, attempt.leg).gatewayObjectId;
  return opened === null ? intentId === attempt.intentId : gatewayObjectId === opened;
}

/** It stays with the person who said so, and is fetched again now and then: the gateway may be late. */
function notShown(subject: AttemptSubject, policy: AttemptPolicy): PostponeStep {
  const message = 'it was said to be executed, but the gateway shows nothing of it on this payment';
  return withPerson(subject, policy, ownError('VERDICT_NOT_SHOWN', message));
}

function withPerson(subject: AttemptSubject, policy: AttemptPolicy, error: AttemptError): PostponeStep {
  const { attempt, now } = subject;
  const inReview: Attempt = { ...attempt, needsReviewSince: attempt.needsReviewSince ?? now };
  return stillUnknown({ ...subject, attempt: inReview }, policy, error);
}

/** What each operation leaves behind in the object that it was carried out on. */
function showsCall(
  { attempt: { operation, amount, verdict }, payment: { intent } }: AttemptSubject,
  facts: readonly Fact[],
): boolean {
  const has = (...kinds: readonly FactKind[]): boolean => facts.some(({ kind }) => kinds.includes(kind));
  switch (operation) {
    case 'create':
      return facts.length > 0;
    case 'confirm':
    case 'authorize':
      return has('captured', 'authorized', 'processing', 'requires_action', 'failed');
    case 'capture':
      return has('captured');
    case 'cancel':
      return has('canceled', 'voided');
    case 'refund':
      return facts.some(
        (fact) =>
          fact.kind === 'refund' &&
          fact.objectId === verdict?.objectId &&
          fact.amount.amountMinor === (amount ?? intent.amount),
      );
  }
}

/**
 * The answer cannot be booked: its facts contradict what is known here. That a call was refused is told without them.
 * One that was carried out stays open, with a person: closed, it would free what it took for a second charge or refund.
 *
 * @param ending what the answer would have come to
 */
export function decideNotBooked(
  subject: AttemptSubject,
  { ending, reason }: { readonly ending: Ending; readonly reason: string },
  { policy }: Pick<AttemptCircumstances, 'policy'>,
): EndStep | PostponeStep {
  if (ending.state !== 'SUCCEEDED') return { kind: 'end', ending };
  return withPerson(subject, policy, ownError(ANSWER_NOT_BOOKED, reason));
}

/** The gateway could not be asked. */
export function decideNotAsked(
  subject: AttemptSubject,
  error: AttemptError,
  { policy }: AttemptCircumstances,
): PostponeStep {
  return stillUnknown(subject, policy, error);
}

function stillUnknown(
  { attempt, now }: AttemptSubject,
  policy: AttemptPolicy,
  lastError: AttemptError | null,
): PostponeStep {
  const unknownSince = attempt.unknownSince ?? now;
  const isOverdue = now - unknownSince >= policy.reviewAfterMs;
  const needsReviewSince = attempt.needsReviewSince ?? (isOverdue ? now : null);
  const after: Attempt = {
    ...{ ...attempt, state: 'UNKNOWN', unknownSince, needsReviewSince, lastError },
    inquiries: attempt.inquiries + 1,
  };
  return { kind: 'postpone', attempt: after, dueAt: nextLookAt(after, now, policy) };
}

/** At the end of the quiet period rather than some time after it. */
function nextLookAt(attempt: Attempt, now: number, policy: AttemptPolicy): number {
  if (attempt.needsReviewSince !== null) return now + policy.reviewInquiryMs;
  const next = now + backoffMs(attempt.inquiries, policy.inquiryFirstMs, policy.inquiryCapMs);
  const quiet = quietAt(attempt, policy);
  if (now < quiet) return Math.min(next, quiet);
  return Math.min(next, now + Math.max(policy.inquiryFirstMs, policy.quietMs / 10));
}

function quietAt({ lastSentAt }: Attempt, { quietMs }: AttemptPolicy): number {
  return (lastSentAt ?? Number.POSITIVE_INFINITY) + quietMs;
}

/**
 * The same call under the same key; null if it may not be sent again. What must not be begun any more is not sent
 * again either: it could happen now for the first time.
 */
function resendOf(
  subject: AttemptSubject,
  { policy, keyLifetimeMs }: AttemptCircumstances,
): PlannedCall | null {
  const { attempt, now } = subject;
  if (attempt.resends > 0 || attempt.firstSentAt === null || expired(attempt, now) !== null) return null;
  const marginMs = Math.min(policy.keyMarginMs, keyLifetimeMs / 2);
  if (now >= attempt.firstSentAt + keyLifetimeMs - marginMs) return null;
  const asIfNew = decideSend({ ...subject, attempt: { ...attempt, state: 'PENDING' } }, policy);
  return asIfNew.kind === 'send' ? plannedCall(subject, attempt.targetId) : null;
}

function withNewKey(attempt: Attempt): Attempt {
  return {
    ...attempt,
    keyRound: attempt.keyRound + 1,
    ...{ firstSentAt: null, lastSentAt: null, resends: 0, targetId: null },
    ...{ unknownSince: null, inquiries: 0, notFoundSince: null, needsReviewSince: null },
  };
}

/** Webhooks may have told already what only this call can have brought about. Refunds resemble one another. */
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
