import type { Attempt, AttemptError } from './attempt.js';
import { decideNotExecuted } from './decide-not-executed.js';
import {
  CALL_ERRORS,
  type CallAnswered,
  type CallErrorType,
  type CallFailed,
  type CallOutcome,
  errorOf,
  stateByFacts,
} from './outcome.js';
import { backoffMs } from './policy.js';
import { type EndStep, ended, type PostponeStep, SUCCEEDED } from './step.js';
import { untilReview } from './still-unknown.js';
import type { AttemptCircumstances, AttemptSubject } from './subject.js';

/**
 * What a call that was made, or could not be, makes of its attempt.
 *
 * @param subject read after the call. Of a call that the gateway answered with facts, the one read before it will
 *   do: what the gateway did does not depend on what we know.
 */
export function decideAfterCall(
  subject: AttemptSubject,
  outcome: CallOutcome,
  circumstances: AttemptCircumstances,
): EndStep | PostponeStep {
  if (outcome.kind === 'answered') return answered(outcome);
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

/** What the gateway's own words say became of it. */
export function answered({ facts }: Pick<CallAnswered, 'facts'>): EndStep {
  if (stateByFacts(facts) === 'SUCCEEDED') return { kind: 'end', ending: SUCCEEDED };
  const failed = facts.find((fact) => fact.kind === 'failed');
  const { code, message } = failed?.failure ?? { code: 'declined', message: null };
  return ended('DECLINED', { type: 'CARD_DECLINED', code, message });
}

/**
 * A call under a key that was sent before, with an outcome that is not known, proves nothing about that one by
 * not coming through or by being refused: the payment may be refused because it is paid.
 */
function meaningOf({ resends }: Attempt, { type }: CallFailed): (typeof CALL_ERRORS)[CallErrorType] {
  const meaning = Object.hasOwn(CALL_ERRORS, type) ? CALL_ERRORS[type as CallErrorType] : 'unknown';
  return resends > 0 && meaning !== 'declined' ? 'unknown' : meaning;
}

function unknown(
  { attempt, now }: AttemptSubject,
  lastError: AttemptError,
  { policy }: AttemptCircumstances,
): PostponeStep {
  const { inquiryFirstMs, inquiryCapMs } = policy;
  const unknownSince = attempt.unknownSince ?? now;
  const after: Attempt = { ...attempt, state: 'UNKNOWN', unknownSince, lastError };
  const lookAt = now + backoffMs(attempt.inquiries, inquiryFirstMs, inquiryCapMs);
  return { kind: 'postpone', attempt: after, dueAt: untilReview(after, lookAt, policy) };
}
