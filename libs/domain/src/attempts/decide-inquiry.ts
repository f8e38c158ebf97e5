import type { Fact } from '../facts.js';
import { answered } from './decide-after-call.js';
import { decideNotExecuted } from './decide-not-executed.js';
import { decideSend, expired } from './decide-send.js';
import { withNewKey } from './new-key.js';
import { ANSWER_NOT_BOOKED, type CallFailed, errorOf } from './outcome.js';
import { type PlannedCall, plannedCall } from './planned-call.js';
import { type EndStep, ended, ownError, type PostponeStep, type SendStep } from './step.js';
import { notShown, quietAt, stillUnknown, untilReview } from './still-unknown.js';
import type { AttemptCircumstances, AttemptSubject } from './subject.js';
import { capturedInstead } from './too-late.js';

/** Of a call that no error is known of. */
const NOT_FOUND = ownError('NOT_FOUND', 'NOT_FOUND', 'the gateway knows nothing of it');

/**
 * After an inquiry that found no trace of the call. While the gateway keeps the key, the call is repeated once: it is
 * then executed now, or answered as before. Otherwise two inquiries have to find nothing, the first one long after
 * the last sending: that proves that nothing was executed, and the next try uses a new key, for which the gateway has
 * no stored answer.
 */
export function decideNothingFound(
  subject: AttemptSubject,
  circumstances: AttemptCircumstances,
): SendStep | PostponeStep | EndStep {
  const { policy } = circumstances;
  const { attempt, now } = subject;
  if (attempt.verdict !== null) return notShown(subject, policy);
  // It was executed, whatever an inquiry shows.
  if (attempt.lastError?.code === ANSWER_NOT_BOOKED) return stillUnknown(subject, policy, null);
  const resend = resendOf(subject, circumstances);
  if (resend !== null) return { kind: 'send', call: resend, isResend: true };
  const isQuiet = now >= quietAt(attempt, policy);
  if (isQuiet && attempt.notFoundSince !== null) {
    const error = attempt.lastError ?? NOT_FOUND;
    const proved = { ...subject, attempt: withNewKey(attempt) };
    return decideNotExecuted(proved, { error, retryAfterMs: null }, circumstances);
  }
  const notFoundSince = isQuiet ? now : null;
  return stillUnknown({ ...subject, attempt: { ...attempt, notFoundSince } }, policy, null);
}

/** After an inquiry that found the call, or why it can have no effect any more, by these facts. */
export function decideFound(subject: AttemptSubject, facts: readonly Fact[]): EndStep {
  const late = capturedInstead(subject.attempt, facts);
  return late === null ? answered(subject, facts) : ended('FAILED', late);
}

/** After an inquiry that failed, or could not be made. A gateway's Retry-After is respected. */
export function decideNotAsked(
  subject: AttemptSubject,
  failed: CallFailed,
  { policy }: AttemptCircumstances,
): PostponeStep {
  const { attempt, dueAt } = stillUnknown(subject, policy, errorOf(failed));
  const wantedAt = subject.now + Math.min(failed.retryAfterMs ?? 0, policy.retryAfterMaxMs);
  return { kind: 'postpone', attempt, dueAt: untilReview(attempt, Math.max(dueAt, wantedAt), policy) };
}

/**
 * The same call under the same key; null if it must not be repeated. An attempt that must not be started any more is
 * not repeated either: it could be executed now for the first time.
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
