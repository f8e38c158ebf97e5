import type { Fact, FactKind, RefundFact } from '../facts.js';
import type { IntentId } from '../ids.js';
import { legOf } from '../payment.js';
import { answered } from './decide-after-call.js';
import { type EndStep, ownError, type PostponeStep } from './step.js';
import { notShown, withPerson } from './still-unknown.js';
import type { AttemptCircumstances, AttemptSubject } from './subject.js';

/** The object that a person named, as fetched. */
export interface FetchedObject {
  /** The payment intent or order that it is, or belongs to. */
  readonly gatewayObjectId: string;
  /** Our own id of the payment, if the gateway returns it. */
  readonly intentId?: IntentId;
  readonly facts: readonly Fact[];
}

/**
 * After the object that a person named was fetched. The outcome stays unknown if the object is another payment's or
 * call's, or if its facts say nothing about the call.
 */
export function decideFetched(
  subject: AttemptSubject,
  fetched: FetchedObject,
  { policy }: AttemptCircumstances,
): EndStep | PostponeStep {
  const { facts } = fetched;
  if (isOfPayment(subject, fetched) && showsCall(subject, facts)) return answered(subject, facts);
  const named = refundNamed(subject, facts);
  if (named !== undefined && isOfAnother(subject, named)) {
    const message = `${named.objectId} is what attempt ${named.attemptId} gave back: name the refund of this one`;
    return withPerson(subject, policy, ownError('REVIEW', 'VERDICT_OF_ANOTHER', message));
  }
  return notShown(subject, policy);
}

function refundNamed(
  { attempt: { verdict } }: AttemptSubject,
  facts: readonly Fact[],
): RefundFact | undefined {
  return facts.find(
    (fact): fact is RefundFact => fact.kind === 'refund' && fact.objectId === verdict?.objectId,
  );
}

/** Two refunds of one payment may look alike, except for the attempt that each was requested by. */
function isOfAnother({ attempt }: AttemptSubject, { attemptId }: RefundFact): boolean {
  return attemptId !== undefined && attemptId !== attempt.attemptId;
}

/** It must be part of the leg's object; if that one is unknown, it must carry our id. */
function isOfPayment(
  { attempt, payment }: AttemptSubject,
  { gatewayObjectId, intentId }: FetchedObject,
): boolean {
  const opened = legOf(payment, attempt.leg).gatewayObjectId;
  return opened === null ? intentId === attempt.intentId : gatewayObjectId === opened;
}

/** The facts that each operation leaves behind if it was executed. */
function showsCall(subject: AttemptSubject, facts: readonly Fact[]): boolean {
  const has = (...kinds: readonly FactKind[]): boolean => facts.some(({ kind }) => kinds.includes(kind));
  switch (subject.attempt.operation) {
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
      return showsRefund(subject, refundNamed(subject, facts));
  }
}

function showsRefund(subject: AttemptSubject, refund: RefundFact | undefined): boolean {
  const { attempt, payment } = subject;
  const wanted = attempt.amount ?? payment.intent.amount;
  return refund !== undefined && refund.amount.amountMinor === wanted && !isOfAnother(subject, refund);
}
