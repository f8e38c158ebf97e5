import { setTimeout as delay } from 'node:timers/promises';

export interface UntilOptions {
  /** Gives up after so many milliseconds (default 30 000). */
  readonly timeoutMs?: number;
  /** Between two looks (default 50). */
  readonly everyMs?: number;
  /** What is waited for; said when it does not come. */
  readonly what?: string;
}

/**
 * Waits until the condition yields something truthy, and returns that. A condition that throws counts as not
 * yet met; the last error is told when the time is up.
 */
export async function until<T>(
  condition: () => T | Promise<T>,
  { timeoutMs = 30_000, everyMs = 50, what = 'a condition' }: UntilOptions = {},
): Promise<NonNullable<T>> {
  const deadline = performance.now() + timeoutMs;
  let lastError: unknown;
  for (;;) {
    try {
      const value = await condition();
      if (value) return value;
      lastError = undefined;
    } catch (error) {
      lastError = error;
    }
    if (performance.now() > deadline) {
      throw new Error(`waited ${timeoutMs} ms for ${what}, in vain`, { cause: lastError });
    }
    await delay(everyMs);
  }
}
