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
export async function inTime<T>(timeoutMs: number, answer: Promise<T>): Promise<T> {
  const late = Promise.withResolvers<never>();
  const timer = setTimeout(async () => {
    // Timers come before what was received; this comes after it.
    await nextRound();
    late.reject(new RedisTimeoutError(`Redis did not answer within ${timeoutMs} ms`));
  }, timeoutMs);
  try {
    return await Promise.race([answer, late.promise]);
  } finally {
    clearTimeout(timer);
  }
}
