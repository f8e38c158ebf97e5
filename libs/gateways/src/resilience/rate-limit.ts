import { sleep } from '@payments/runtime';

/** Resolution of timers: shorter waits are skipped. */
const WAIT_MS_MIN = 1;

/**
 * Limits the calls of one process to one gateway to a number per second, evenly spaced. A turn is taken before the call
 * starts, so that the call's time-out does not run during the wait.
 */
export class RateLimit {
  #intervalMs: number;
  #nextAt = 0;

  /** @param requestsPerSecond more than 0 */
  constructor(requestsPerSecond: number) {
    this.#intervalMs = intervalOf(requestsPerSecond);
  }

  /** Applies to later calls of `take`. */
  set requestsPerSecond(requestsPerSecond: number) {
    this.#intervalMs = intervalOf(requestsPerSecond);
  }

  /** Resolves when it is the caller's turn, first come, first served. @throws the signal's reason */
  async take(signal?: AbortSignal): Promise<void> {
    const now = performance.now();
    const turnAt = Math.max(now, this.#nextAt);
    this.#nextAt = turnAt + this.#intervalMs;
    const waitMs = turnAt - now;
    if (waitMs >= WAIT_MS_MIN) await sleep(waitMs, signal);
  }
}

function intervalOf(requestsPerSecond: number): number {
  if (requestsPerSecond > 0) return 1000 / requestsPerSecond;
  throw new RangeError(`requests per second must be more than 0: ${requestsPerSecond}`);
}
