import type { Attempt, AttemptError } from './attempt.js';
import { type FailOver, failOverOf, isForCheckout } from './fail-over.js';
import { notBeyond } from './hold.js';
import { isLeftAlone } from './outcome.js';
import { type AttemptPolicy, heldDelayMs, retryDelayMs } from './policy.js';
import { type EndStep, ended, type PostponeStep } from './step.js';
import type { AttemptCircumstances, AttemptSubject } from './subject.js';

/**
 * What becomes of an attempt of which it is proved that nothing was done: it is tried again, then elsewhere. What
 * nobody waits for at a checkout goes on being tried.
 *
 * @param subject read after the proof; its attempt as it was before it
 */
export function decideNotExecuted(
  subject: AttemptSubject,
  { error, retryAfterMs }: { readonly error: AttemptError; readonly retryAfterMs: number | null },
  { policy, random, gateways }: AttemptCircumstances,
): PostponeStep | EndStep {
  const { attempt, now } = subject;
  const { retries } = attempt;
  const failOver = failOverOf(subject, gateways);
  const delayMs = retryDelayMs(policy, { retries, random, retryAfterMs });
  if (isLeftAlone(error)) {
    // No try would come through, and nothing is open: where there is another gateway, nobody waits for this one.
    if (failOver !== null || !isPatient(attempt, now, policy)) return notExecuted(error, failOver);
    const waitMs = heldDelayMs(now - attempt.askedAt, policy.retryFirstMs, policy.retryCapMs);
    return again({ ...attempt, lastError: error }, now + Math.max(delayMs, waitMs));
  }
  const hasTriesLeft = retries < policy.retriesMax;
  // Nobody waits at a checkout for a gateway that wants to be left alone for minutes, where there is another.
  const isGivenUp = failOver !== null && delayMs > policy.retryCapMs;
  const isTriedOn = isForCheckout(attempt)
    ? hasTriesLeft && !isGivenUp
    : hasTriesLeft || isPatient(attempt, now, policy);
  if (!isTriedOn) return notExecuted(error, failOver);
  // Past the first tries it is nobody's hurry, and at most one call in so long.
  const leastMs = hasTriesLeft ? 0 : policy.retryCapMs;
  return again({ ...attempt, retries: retries + 1, lastError: error }, now + Math.max(delayMs, leastMs));
}

function again(attempt: Attempt, dueAt: number): PostponeStep {
  const pending: Attempt = { ...attempt, state: 'PENDING', heldSince: null };
  return { kind: 'postpone', attempt: pending, dueAt: notBeyond(attempt, dueAt) };
}

function notExecuted(error: AttemptError, failOver: FailOver | null): EndStep {
  return ended('NOT_EXECUTED', error, { failOver });
}

function isPatient({ askedAt }: Attempt, now: number, { patienceMs }: AttemptPolicy): boolean {
  return now - askedAt < patienceMs;
}
