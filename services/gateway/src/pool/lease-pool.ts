import { retryDelayMs, sleep } from '@payments/runtime';
import { Bell } from '@payments/worker';

export interface LeasePoolOptions<Lease> {
  /** Takes at most `limit` of what is due, oldest first. */
  readonly lease: (limit: number) => Promise<readonly Lease[]>;
  /** Deals with one. Resolves with whether others may be due because of its end. Must not reject. */
  readonly work: (lease: Lease) => Promise<boolean>;
  /** How many more may be taken, with so many in hand; asked before each leasing, since it may change. */
  readonly room: (inHand: number) => number;
  /** How long the pool sleeps if nothing wakes it. */
  readonly pollIntervalMs: number;
  readonly onLeaseFailed: (error: unknown) => void;
}

const BACKOFF = { baseMs: 100, capMs: 5_000 };

/** Works on whatever can be leased, so many at a time. */
export class LeasePool<Lease> {
  readonly #options: LeasePoolOptions<Lease>;
  readonly #bell = new Bell();
  readonly #stop = new AbortController();
  readonly #working = new Set<Promise<void>>();
  /** There may be more that is due than there was room for. */
  #isFull = false;
  readonly #leasing: Promise<void>;

  /** Begins at once. */
  constructor(options: LeasePoolOptions<Lease>) {
    this.#options = options;
    this.#leasing = this.#leaseUntilStopped();
  }

  /** There may be something to lease. */
  wake(): void {
    this.#bell.ring();
  }

  /** How many are worked on now. */
  get size(): number {
    return this.#working.size;
  }

  /** Leases nothing more, and waits for what is worked on until the deadline; whoever leases it next goes on. */
  async close(deadline?: AbortSignal): Promise<void> {
    this.#stop.abort();
    await this.#leasing;
    await Promise.race([Promise.all(this.#working), abortOf(deadline)]);
  }

  async #leaseUntilStopped(): Promise<void> {
    const { pollIntervalMs, onLeaseFailed } = this.#options;
    const { signal } = this.#stop;
    let failures = 0;
    while (!signal.aborted) {
      try {
        await this.#fill();
        failures = 0;
        await this.#bell.wait(pollIntervalMs, signal);
      } catch (error) {
        failures += 1;
        onLeaseFailed(error);
        await sleep(retryDelayMs(failures, BACKOFF), signal).catch(() => {});
      }
    }
  }

  async #fill(): Promise<void> {
    const room = Math.floor(this.#options.room(this.#working.size));
    this.#isFull = room <= 0;
    if (this.#isFull) return;
    const leased = await this.#options.lease(room);
    for (const lease of leased) this.#start(lease);
    this.#isFull = leased.length >= room;
    // What ended meanwhile did not know.
    if (this.#isFull && this.#options.room(this.#working.size) >= 1) this.wake();
  }

  #start(lease: Lease): void {
    const work = this.#options.work(lease).then((areOthersDue) => {
      this.#working.delete(work);
      if (areOthersDue || this.#isFull) this.wake();
    });
    this.#working.add(work);
  }
}

function abortOf(signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve) => {
    if (signal?.aborted) resolve();
    else signal?.addEventListener('abort', () => resolve(), { once: true });
  });
}
