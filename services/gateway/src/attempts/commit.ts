import { type Database, type EntityManager, ensurePartitions } from '@payments/persistence';
import { retryDelayMs, sleep } from '@payments/runtime';
import { disposition } from '@payments/worker';

const TRIES_MAX = 8;
const BACKOFF = { baseMs: 10, capMs: 1_000 };

/**
 * Runs a transaction, again if another one was first or a partition was missing.
 *
 * @param outlastMs how long Postgres may be away, in milliseconds from now. 0 where a COMMIT that was lost must not
 *   be repeated: then an error says that it may have happened.
 * @throws what the last try threw
 */
export async function commit<T>(
  database: Database,
  work: (em: EntityManager) => Promise<T>,
  { outlastMs = 0 }: { readonly outlastMs?: number } = {},
): Promise<T> {
  const giveUpAt = performance.now() + outlastMs;
  for (let tries = 1; ; tries += 1) {
    try {
      return await database.transaction(work);
    } catch (error) {
      const { kind } = disposition(error);
      const isPassing = kind === 'conflict' || kind === 'partition-missing';
      const isTriedAgain = isPassing ? tries < TRIES_MAX : kind === 'down' && performance.now() < giveUpAt;
      if (!isTriedAgain) throw error;
      if (kind === 'partition-missing') await ensurePartitions(database, new Date());
      await sleep(retryDelayMs(tries, BACKOFF));
    }
  }
}
