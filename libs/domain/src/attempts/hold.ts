import type { Attempt } from './attempt.js';
import { type AttemptPolicy, heldDelayMs } from './policy.js';
import type { PostponeStep } from './step.js';

/** Waits for another call: the end of that one makes it due. */
export function hold(attempt: Attempt, now: number, policy: AttemptPolicy): PostponeStep {
  return holdUpTo(policy.heldCapMs, attempt, now, policy);
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
