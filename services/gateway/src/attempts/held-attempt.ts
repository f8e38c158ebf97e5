import type { LeasedAttempt } from '@payments/persistence';

/** An attempt that is leased to this process. */
export interface HeldAttempt extends LeasedAttempt {
  readonly heldUntil: Moment;
}

/** A moment by both clocks: the one that never jumps stands still while a machine is suspended, the other goes on. */
export interface Moment {
  /** As `performance.now()`. */
  readonly steady: number;
  /** As `Date.now()`. */
  readonly wall: number;
}

/** To be asked for before the lease itself: here it ends first, then in Postgres. */
export function endOfLease(leaseMs: number): Moment {
  return { steady: performance.now() + leaseMs, wall: Date.now() + leaseMs };
}

/** How much of the lease is left, by the clock that leaves less of it; in milliseconds, below 0 once it is over. */
export function leftMsOf({ heldUntil: { steady, wall } }: Pick<HeldAttempt, 'heldUntil'>): number {
  return Math.min(steady - performance.now(), wall - Date.now());
}

/** A call that may take so long ends before anybody else could lease the attempt. */
export function coversCall(held: Pick<HeldAttempt, 'heldUntil'>, timeoutMs: number): boolean {
  return timeoutMs < leftMsOf(held);
}
