import { type Database, type EntityManager, ensurePartitions } from '@payments/persistence';
import { retryDelayMs, sleep } from '@payments/runtime';
import { disposition } from '@payments/worker';

const TRIES_MAX = 8;
const BACKOFF = { baseMs: 10, capMs: 1_000 };

/**
 * Runs a transaction, and retries it after a conflict or a missing partition.
 *
 * @param outlastMs milliseconds from now for which an unavailable Postgres is waited for. 0 where a commit whose
 * reply was lost must not be repeated: the error then leaves open whether it was executed
 * @throws the error of the last try
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
