import { setTimeout as delay } from 'node:timers/promises';
import type { DatabaseOptions } from './data-source.js';
import { type Database, openDatabase } from './database.js';
import { databaseErrorOf } from './database-error.js';

const TRY_EVERY_MS = 1_000;
/** After this long the start fails, and the supervisor tries again. */
const WAIT_MS_MAX = 60_000;

/**
 * As {@link openDatabase}, for services: waits up to a minute for a Postgres that does not answer yet.
 *
 * @param signal ends the waiting
 * @throws the error of the last try; at once if Postgres answers with an error
 */
export async function awaitDatabase(options: DatabaseOptions, signal: AbortSignal): Promise<Database> {
  const ended = AbortSignal.any([signal, AbortSignal.timeout(WAIT_MS_MAX)]);
  for (let tries = 1; ; tries += 1) {
    try {
      return await openDatabase(options);
    } catch (error) {
      const found = databaseErrorOf(error);
      if (!isStarting(found) || ended.aborted) throw error;
      if (tries === 1)
        options.logger?.warn({ code: found?.code }, 'Postgres does not answer: waiting for it');
    }
    await delay(TRY_EVERY_MS, undefined, { signal: ended }).catch(() => undefined);
  }
}

/** 57P03: Postgres is starting up or shutting down. */
function isStarting(error: ReturnType<typeof databaseErrorOf>): boolean {
  return error?.kind === 'unavailable' || error?.code === '57P03';
}
