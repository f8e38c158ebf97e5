import { setImmediate as nextRound } from 'node:timers/promises';

/** Redis did not answer within the time-out. */
export class RedisTimeoutError extends Error {
  override readonly name = 'RedisTimeoutError';
}

/**
 * Resolves as `answer` does, within `timeoutMs` milliseconds. A process that was stalled may find the time-out
 * expired and the answer received at the same moment: it checks for the answer before it gives up.
 *
 * @throws RedisTimeoutError
 */
export function inTime<T>(timeoutMs: number, answer: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(async () => {
      // Timers run before received data is read; this runs after it.
      await nextRound();
      reject(new RedisTimeoutError(`Redis did not answer within ${timeoutMs} ms`));
    }, timeoutMs);
    answer.then(resolve, reject).finally(() => clearTimeout(timer));
  });
}
