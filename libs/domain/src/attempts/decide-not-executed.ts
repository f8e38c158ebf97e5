import type { Attempt, AttemptError } from './attempt.js';
import { awaitsGateway, holdForGateway } from './await-gateway.js';
import { type FailOver, failOverOf, isForCheckout } from './fail-over.js';
import { notBeyond } from './hold.js';
import { isLeftAlone } from './outcome.js';
import { type AttemptPolicy, heldDelayMs, retryDelayMs } from './policy.js';
import { type EndStep, ended, type PostponeStep } from './step.js';
import type { AttemptCircumstances, AttemptSubject } from './subject.js';

/**
 * What happens to an attempt that was provably not executed: it is retried, then fails over. If no customer waits for
 * it at a checkout, it continues to be retried: for a day, but a cancellation that waits for its gateway to the end.
 *
 * @param subject read after the proof; its attempt as it was before
 */
export function decideNotExecuted(
  subject: AttemptSubject,
  failure: { readonly error: AttemptError; readonly retryAfterMs: number | null },
  { policy, random, gateways }: AttemptCircumstances,
): PostponeStep | EndStep {
  const { attempt, now } = subject;
  if (awaitsGateway(attempt)) return holdForGateway(subject, failure, policy);
  const { error, retryAfterMs } = failure;
  const { retries } = attempt;
  const failOver = failOverOf(subject, gateways);
  const delayMs = retryDelayMs(policy, { retries, random, retryAfterMs });
  if (isLeftAlone(error)) {
    // No call would succeed, and none is open: if there is another gateway, the customer need not wait for this one.
    if (failOver !== null || !isPatient(attempt, now, policy)) return notExecuted(error, failOver);
    const waitMs = heldDelayMs(now - attempt.askedAt, policy.retryFirstMs, policy.retryCapMs);
    return again({ ...attempt, lastError: error }, now + Math.max(delayMs, waitMs));
  }
  const hasTriesLeft = retries < policy.retriesMax;
  // No customer waits for minutes at a checkout for a rate-limited gateway, if there is another.
  const isGivenUp = failOver !== null && delayMs > policy.retryCapMs;
  const isTriedOn = isForCheckout(attempt)
    ? hasTriesLeft && !isGivenUp
    : hasTriesLeft || isPatient(attempt, now, policy);
  if (!isTriedOn) return notExecuted(error, failOver);
  // After the first tries there is no hurry: at most one call per this interval.
  const leastMs = hasTriesLeft ? 0 : policy.retryCapMs;
  return again({ ...attempt, retries: retries + 1, lastError: error }, now + Math.max(delayMs, leastMs));
}

function again(attempt: Attempt, dueAt: number): PostponeStep {
  const pending: Attempt = { ...attempt, state: 'PENDING', heldSince: null, inquiryError: null };
  return { kind: 'postpone', attempt: pending, dueAt: notBeyond(attempt, dueAt) };
}

function notExecuted(error: AttemptError, failOver: FailOver | null): EndStep {
  return ended('NOT_EXECUTED', error, { failOver });
}

function isPatient({ askedAt }: Attempt, now: number, { patienceMs }: AttemptPolicy): boolean {
  return now - askedAt < patienceMs;
}
