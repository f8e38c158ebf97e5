/** Longer than any healthy connection takes, and shorter than calls may take. */
const CONNECT_MS_MAX = 3000;

/**
 * How much of a call's time-out connecting may take, in milliseconds. Less than all of it: a connection that never
 * came about proves that nothing was sent, and a time-out does not.
 */
export function connectMsOf(timeoutMs: number): number {
  return Math.min(CONNECT_MS_MAX, Math.ceil(timeoutMs / 2));
}
