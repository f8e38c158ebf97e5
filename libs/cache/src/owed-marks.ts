import { type Metrics, retryDelayMs, sleep } from '@payments/runtime';

/** Some ten megabytes. Keys beyond that stay in Redis until they expire. */
const KEYS_MAX = 100_000;
const KEYS_AT_ONCE_MAX = 1_000;
const BACKOFF = { baseMs: 50, capMs: 1_000 };

/** Keys whose invalidation Redis did not confirm: it is retried until Redis does. */
export class OwedMarks {
  readonly #mark: (keys: readonly string[]) => Promise<boolean>;
  readonly #keys = new Set<string>();
  readonly #stop = new AbortController();
  readonly #owed;
  #isPaying = false;

  /** @param mark resolves to whether Redis confirmed */
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
    // Oldest first: they expire the soonest.
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

  /** @returns false as soon as Redis does not confirm */
  async #payAll(signal: AbortSignal): Promise<boolean> {
    while (this.#keys.size > 0 && !signal.aborted) {
      const some = [...this.#keys].slice(0, KEYS_AT_ONCE_MAX);
      // Removed before the call: a key that is added during it changed after what this call invalidates.
      for (const key of some) this.#keys.delete(key);
      const done = await this.#mark(some);
      if (!done) for (const key of some) this.#keys.add(key);
      this.#owed.set(this.#keys.size);
      if (!done) return false;
    }
    return true;
  }
}
