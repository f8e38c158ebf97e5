import type { Attempt } from './attempt.js';
import { type AttemptPolicy, heldDelayMs } from './policy.js';
import type { PostponeStep } from './step.js';

/** Of the wait so far: a look that is late by so much of it is soon enough. */
const SOON_ENOUGH = 1 / 60;

/**
 * Waits for another call: the end of that one makes it due. If that is missed, it is seen at the next look, within
 * seconds at first. Another payment of the order may keep it waiting for days, through which it is looked at less.
 */
export function hold(attempt: Attempt, now: number, policy: AttemptPolicy): PostponeStep {
  const heldForMs = now - (attempt.heldSince ?? now);
  const laterMs = Math.min(heldForMs * SOON_ENOUGH, policy.heldForDaysCapMs);
  return holdUpTo(Math.max(policy.heldCapMs, laterMs), attempt, now, policy);
}

/** @param capMs milliseconds to its next check if nothing makes it due before */
export function holdUpTo(
  capMs: number,
  attempt: Attempt,
  now: number,
  { heldFirstMs }: Pick<AttemptPolicy, 'heldFirstMs'>,
): PostponeStep {
  const heldSince = attempt.heldSince ?? now;
  return {
    kind: 'postpone',
    attempt: { ...attempt, state: 'PENDING', heldSince },
    dueAt: notBeyond(attempt, now + heldDelayMs(now - heldSince, heldFirstMs, capMs)),
  };
}

/** An attempt that is not sent by its `notAfter` ends then, not at its next check. */
export function notBeyond({ notAfter }: Pick<Attempt, 'notAfter'>, dueAt: number): number {
  return notAfter === null ? dueAt : Math.min(dueAt, notAfter);
}
