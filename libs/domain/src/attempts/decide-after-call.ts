import type { Fact } from '../facts.js';
import type { Attempt, AttemptError } from './attempt.js';
import { awaitsGateway, holdForGateway } from './await-gateway.js';
import { decideNotExecuted } from './decide-not-executed.js';
import {
  CALL_ERRORS,
  type CallErrorType,
  type CallFailed,
  type CallOutcome,
  errorOf,
  rejectionIn,
} from './outcome.js';
import { backoffMs } from './policy.js';
import { type EndStep, ended, type PostponeStep, SUCCEEDED } from './step.js';
import { untilReview } from './still-unknown.js';
import type { AttemptCircumstances, AttemptSubject } from './subject.js';
import { STILL_PROCESSING, tooLate } from './too-late.js';

/**
 * The result of a call, or of a failure to make it, for its attempt.
 *
 * @param subject read after the call. For an answer with facts the one read before will do: what the gateway did does
 * not depend on what we know.
 */
export function decideAfterCall(
  subject: AttemptSubject,
  outcome: CallOutcome,
  circumstances: AttemptCircumstances,
): EndStep | PostponeStep {
  if (outcome.kind === 'answered') return answered(subject, outcome.facts);
  const late = tooLate(subject.attempt, outcome);
  if (late !== null) return refusedTooLate(subject, late, circumstances);
  const error = errorOf(outcome);
  switch (meaningOf(subject.attempt, outcome)) {
    case 'declined':
      return ended('DECLINED', error);
    case 'refused':
      return ended('FAILED', error);
    case 'not_executed':
      return decideNotExecuted(subject, { error, retryAfterMs: outcome.retryAfterMs }, circumstances);
    case 'unknown':
      return unknown(subject, error, circumstances);
  }
}

/** The outcome according to the gateway's answer. */
export function answered(
  { attempt: { operation } }: Pick<AttemptSubject, 'attempt'>,
  facts: readonly Fact[],
): EndStep {
  const rejection = rejectionIn(facts, operation);
  return rejection === null
    ? { kind: 'end', ending: SUCCEEDED }
    : ended('DECLINED', { type: 'CARD_DECLINED', ...rejection });
}

/** What the payment shows proves that no earlier sending has canceled it. */
function refusedTooLate(
  subject: AttemptSubject,
  error: AttemptError,
  { policy }: AttemptCircumstances,
): EndStep | PostponeStep {
  if (error.code !== STILL_PROCESSING) return ended('FAILED', error);
  return { ...holdForGateway(subject, { error, retryAfterMs: null }, policy), isRefused: true };
}

type Meaning = (typeof CALL_ERRORS)[CallErrorType];

/**
 * If a key is repeated after an unknown outcome, a failed connection or a rejection proves nothing about the earlier
 * call: the payment may be rejected because it is paid. A cancellation that waits for its gateway outlasts credentials
 * that are not accepted: they say nothing of the payment, whose order would be free for the next one.
 */
function meaningOf(attempt: Attempt, { type }: CallFailed): Meaning {
  const meaning = meaningOfType(type);
  if (attempt.resends > 0 && meaning !== 'declined') return 'unknown';
  return type === 'AUTHENTICATION_ERROR' && awaitsGateway(attempt) ? 'not_executed' : meaning;
}

function meaningOfType(type: string): Meaning {
  return Object.hasOwn(CALL_ERRORS, type) ? CALL_ERRORS[type as CallErrorType] : 'unknown';
}

function unknown(
  { attempt, now }: AttemptSubject,
  error: AttemptError,
  { policy }: AttemptCircumstances,
): PostponeStep {
  const { inquiryFirstMs, inquiryCapMs } = policy;
  const unknownSince = attempt.unknownSince ?? now;
  const after: Attempt = { ...attempt, state: 'UNKNOWN', unknownSince, ...errorsOf(attempt, error) };
  const lookAt = now + backoffMs(attempt.inquiries, inquiryFirstMs, inquiryCapMs);
  return { kind: 'postpone', attempt: after, dueAt: untilReview(after, lookAt, policy) };
}

/**
 * That a repetition was not executed says nothing about the call that it repeats: as that one's error it would deny
 * what may have happened. A cancellation that waits for its gateway remembers that by its error.
 */
function errorsOf(attempt: Attempt, error: AttemptError): Pick<Attempt, 'lastError' | 'inquiryError'> {
  const isOfRepetition = attempt.resends > 0 && meaningOfType(error.type) !== 'unknown';
  return isOfRepetition || awaitsGateway(attempt)
    ? { lastError: attempt.lastError, inquiryError: error }
    : { lastError: error, inquiryError: null };
}
