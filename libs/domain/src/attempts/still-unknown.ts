import type { Attempt, AttemptError } from './attempt.js';
import { type AttemptPolicy, backoffMs } from './policy.js';
import { ownError, type PostponeStep } from './step.js';
import type { AttemptSubject } from './subject.js';

/**
 * Inquiries continue with growing delays; once it has been unknown for too long, a person has to decide, too.
 *
 * @param inquiryError null if an inquiry was made and found no trace of the call
 */
export function stillUnknown(
  { attempt, now }: AttemptSubject,
  policy: AttemptPolicy,
  inquiryError: AttemptError | null,
): PostponeStep {
  const unknownSince = attempt.unknownSince ?? now;
  const isOverdue = now - unknownSince >= policy.reviewAfterMs;
  const needsReviewSince = attempt.needsReviewSince ?? (isOverdue ? now : null);
  const after: Attempt = {
    ...attempt,
    state: 'UNKNOWN',
    unknownSince,
    needsReviewSince,
    inquiryError,
    inquiries: attempt.inquiries + 1,
  };
  return {
    kind: 'postpone',
    attempt: after,
    dueAt: untilReview(after, nextLookAt(after, now, policy), policy),
  };
}

/** The review starts on time, not at the next inquiry. */
export function untilReview(
  { unknownSince, needsReviewSince }: Attempt,
  dueAt: number,
  { reviewAfterMs }: AttemptPolicy,
): number {
  if (unknownSince === null || needsReviewSince !== null) return dueAt;
  return Math.min(dueAt, unknownSince + reviewAfterMs);
}

/** At the end of the quiet period rather than some time after it. */
function nextLookAt(attempt: Attempt, now: number, policy: AttemptPolicy): number {
  if (attempt.needsReviewSince !== null) return now + policy.reviewInquiryMs;
  const next = now + backoffMs(attempt.inquiries, policy.inquiryFirstMs, policy.inquiryCapMs);
  const quiet = quietAt(attempt, policy);
  if (now < quiet) return Math.min(next, quiet);
  return Math.min(next, now + Math.max(policy.inquiryFirstMs, policy.quietMs / 10));
}

/** From then on an inquiry that finds nothing counts. */
export function quietAt({ lastSentAt }: Attempt, { quietMs }: AttemptPolicy): number {
  return (lastSentAt ?? Number.POSITIVE_INFINITY) + quietMs;
}

/** It stays in review with its verdict, and is fetched again from time to time: the gateway may lag. */
export function notShown(subject: AttemptSubject, policy: AttemptPolicy): PostponeStep {
  const message = 'it was said to be executed, but the gateway shows nothing of it on this payment';
  return withPerson(subject, policy, ownError('REVIEW', 'VERDICT_NOT_SHOWN', message));
}

/** In review, however long it has been unknown. */
export function withPerson(
  subject: AttemptSubject,
  policy: AttemptPolicy,
  inquiryError: AttemptError | null,
): PostponeStep {
  const { attempt, now } = subject;
  const inReview: Attempt = { ...attempt, needsReviewSince: attempt.needsReviewSince ?? now };
  return stillUnknown({ ...subject, attempt: inReview }, policy, inquiryError);
}
