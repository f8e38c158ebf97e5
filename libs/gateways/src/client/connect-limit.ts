/** Longer than any healthy connection takes, and shorter than the time-outs of calls. */
const CONNECT_MS_MAX = 3000;

/**
 * Milliseconds of a call's time-out that connecting may take. Less than all of it: a failed connection proves that
 * nothing was sent, which a time-out does not.
 */
export function connectMsOf(timeoutMs: number): number {
  return Math.min(CONNECT_MS_MAX, Math.ceil(timeoutMs / 2));
}
