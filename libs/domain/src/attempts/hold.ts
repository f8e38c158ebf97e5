import type { Attempt } from './attempt.js';
import { type AttemptPolicy, heldDelayMs } from './policy.js';
import type { PostponeStep } from './step.js';

/** It waits for another call: whoever ends that one makes it due. */
export function hold(attempt: Attempt, now: number, policy: AttemptPolicy): PostponeStep {
  return holdUpTo(policy.heldCapMs, attempt, now, policy);
}

/** @param capMs as long as it is not looked at if nobody makes it due */
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

/** What is not sent by its `notAfter` ends then, and not when it would have been looked at next. */
export function notBeyond({ notAfter }: Pick<Attempt, 'notAfter'>, dueAt: number): number {
  return notAfter === null ? dueAt : Math.min(dueAt, notAfter);
}
