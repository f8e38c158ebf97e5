import { sleep } from '@payments/runtime';

/** Timers are of whole milliseconds: shorter waits are none. */
const WAIT_MS_MIN = 1;

/**
 * How fast one process calls one gateway: so many times a second, evenly spaced. Turns are taken before a call is
 * begun, so that its time-out does not run while its turn is waited for.
 */
export class RateLimit {
  #intervalMs: number;
  #nextAt = 0;

  /** @param requestsPerSecond more than 0 */
  constructor(requestsPerSecond: number) {
    this.#intervalMs = intervalOf(requestsPerSecond);
  }

  /** Applies to whoever comes from now on. */
  set requestsPerSecond(requestsPerSecond: number) {
    this.#intervalMs = intervalOf(requestsPerSecond);
  }

  /** Resolves when it is the caller's turn, in the order of asking. @throws the signal's reason */
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
