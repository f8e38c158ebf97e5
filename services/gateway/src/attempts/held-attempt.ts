import type { LeasedAttempt } from '@payments/persistence';

/** An attempt that is leased to this process. */
export interface HeldAttempt extends LeasedAttempt {
  /** By `performance.now()`. Reckoned from before the lease was asked for: here it ends first, then in Postgres. */
  readonly heldUntil: number;
}

/** A call that may take so long ends before anybody else could lease the attempt. */
export function coversCall({ heldUntil }: HeldAttempt, timeoutMs: number): boolean {
  return performance.now() + timeoutMs < heldUntil;
}
