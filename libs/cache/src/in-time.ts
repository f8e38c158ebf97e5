import { setImmediate as nextRound } from 'node:timers/promises';

/** Redis did not answer within the time-out. */
export class RedisTimeoutError extends Error {
  override readonly name = 'RedisTimeoutError';
}

/**
 * What `answer` resolves to, if it does within `timeoutMs` milliseconds. A process that was kept from its processor
 * finds that the time is up and the answer is there at the same moment: it looks for the answer before it gives up.
 *
 * @throws RedisTimeoutError
 */
export function inTime<T>(timeoutMs: number, answer: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(async () => {
      // Timers come before what was received; this comes after it.
      await nextRound();
      reject(new RedisTimeoutError(`Redis did not answer within ${timeoutMs} ms`));
    }, timeoutMs);
    answer.then(resolve, reject).finally(() => clearTimeout(timer));
  });
}
