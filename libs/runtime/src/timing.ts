/** Exponential backoff: delays double from `baseMs` up to `capMs`. */
export interface Backoff {
  readonly baseMs: number;
  readonly capMs: number;
}

/**
 * Milliseconds to wait after the failed `attempt` (1 is the first): random within the upper half of the doubled
 * delay, so that those who failed together do not retry together.
 */
export function retryDelayMs(attempt: number, { baseMs, capMs }: Backoff, random = Math.random): number {
  const doubled = Math.min(capMs, baseMs * 2 ** Math.max(0, attempt - 1));
  return doubled / 2 + (random() * doubled) / 2;
}

/** Waits `ms` milliseconds; rejects with the signal's reason when `signal` aborts. */
export function sleep(ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted) return reject(signal.reason);
    const onAbort = (): void => {
      clearTimeout(timer);
      reject(signal?.reason);
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener('abort', onAbort);
      resolve();
    }, ms);
    signal?.addEventListener('abort', onAbort, { once: true });
  });
}
