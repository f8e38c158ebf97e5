import type { LeasedAttempt } from '@payments/persistence';

/** An attempt leased to this process. */
export interface HeldAttempt extends LeasedAttempt {
  readonly heldUntil: Moment;
}

/** A moment on both clocks: the monotonic one stops while a machine is suspended, the other does not. */
export interface Moment {
  /** As `performance.now()`. */
  readonly steady: number;
  /** As `Date.now()`. */
  readonly wall: number;
}

/** Take it before requesting the lease: the lease then expires here before it does in Postgres. */
export function endOfLease(leaseMs: number): Moment {
  return { steady: performance.now() + leaseMs, wall: Date.now() + leaseMs };
}

/** Milliseconds left of the lease, by the clock that leaves less; negative once it has expired. */
export function leftMsOf({ heldUntil: { steady, wall } }: Pick<HeldAttempt, 'heldUntil'>): number {
  return Math.min(steady - performance.now(), wall - Date.now());
}

/** Whether a call with this time-out ends before another process could lease the attempt. */
export function coversCall(held: Pick<HeldAttempt, 'heldUntil'>, timeoutMs: number): boolean {
  return timeoutMs < leftMsOf(held);
}
