import { type Metrics, retryDelayMs, sleep } from '@payments/runtime';

/** Some ten megabytes. What is beyond them stays in Redis until its time to live ends. */
const KEYS_MAX = 100_000;
const KEYS_AT_ONCE_MAX = 1_000;
const BACKOFF = { baseMs: 50, capMs: 1_000 };

/** Keys that Redis did not confirm to have forgotten: it is asked again and again until it does. */
export class OwedMarks {
  readonly #mark: (keys: readonly string[]) => Promise<boolean>;
  readonly #keys = new Set<string>();
  readonly #stop = new AbortController();
  readonly #owed;
  #isPaying = false;

  /** @param mark resolves to whether Redis has done so. */
  constructor(mark: (keys: readonly string[]) => Promise<boolean>, metrics: Metrics) {
    this.#mark = mark;
    this.#owed = metrics.gauge({
      name: 'cache_invalidations_owed',
      help: 'Keys that changed and that Redis has not yet confirmed to have forgotten.',
    });
  }

  add(keys: readonly string[]): void {
    if (this.#stop.signal.aborted) return;
    for (const key of keys) this.#keys.add(key);
    // The oldest first: their time to live ends the soonest.
    for (const key of this.#keys) {
      if (this.#keys.size <= KEYS_MAX) break;
      this.#keys.delete(key);
    }
    this.#owed.set(this.#keys.size);
    if (!this.#isPaying) void this.#pay();
  }

  close(): void {
    this.#stop.abort();
  }

  async #pay(): Promise<void> {
    const { signal } = this.#stop;
    this.#isPaying = true;
    for (let tries = 1; this.#keys.size > 0 && !signal.aborted; ) {
      await sleep(retryDelayMs(tries, BACKOFF), signal).catch(() => {});
      tries = (await this.#payAll(signal)) ? 1 : tries + 1;
    }
    this.#isPaying = false;
  }

  /** @returns false as soon as Redis does not confirm. */
  async #payAll(signal: AbortSignal): Promise<boolean> {
    while (this.#keys.size > 0 && !signal.aborted) {
      const some = [...this.#keys].slice(0, KEYS_AT_ONCE_MAX);
      // Not after the call: a key that is owed anew meanwhile changed after what this call forgets.
      for (const key of some) this.#keys.delete(key);
      const done = await this.#mark(some);
      if (!done) for (const key of some) this.#keys.add(key);
      this.#owed.set(this.#keys.size);
      if (!done) return false;
    }
    return true;
  }
}
