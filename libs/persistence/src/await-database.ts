import { setTimeout as delay } from 'node:timers/promises';
import { type Database, type DatabaseOptions, openDatabase } from './database.js';
import { databaseErrorOf } from './database-error.js';

const TRY_EVERY_MS = 1_000;
/** A start without Postgres ends after so long, for the supervisor to try again. */
const WAIT_MS_MAX = 60_000;

/**
 * As {@link openDatabase}, for services: waits up to a minute for a Postgres that does not answer yet.
 *
 * @param signal ends the waiting
 * @throws what the last try threw: at once where Postgres answers, and refuses
 */
export async function awaitDatabase(options: DatabaseOptions, signal: AbortSignal): Promise<Database> {
  const ended = AbortSignal.any([signal, AbortSignal.timeout(WAIT_MS_MAX)]);
  for (let tries = 1; ; tries += 1) {
    try {
      return await openDatabase(options);
    } catch (error) {
      const found = databaseErrorOf(error);
      if (!isNotThereYet(found) || ended.aborted) throw error;
      if (tries === 1)
        options.logger?.warn({ code: found?.code }, 'Postgres does not answer: waiting for it');
    }
    await delay(TRY_EVERY_MS, undefined, { signal: ended }).catch(() => undefined);
  }
}

/** 57P03: it is starting up or shutting down. */
function isNotThereYet(error: ReturnType<typeof databaseErrorOf>): boolean {
  return error?.kind === 'unavailable' || error?.code === '57P03';
}
