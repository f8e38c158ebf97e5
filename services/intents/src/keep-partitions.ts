import { countStrayRows, type Database, ensurePartitions } from '@payments/persistence';
import { type Logger, type Metrics, repeat } from '@payments/runtime';

const INTERVAL_MS = 3_600_000;

/**
 * Creates partitions ahead of time while the pipeline runs: a system that is rarely deployed would fill the default
 * partitions, and creating the missing ones later would move months of payments under a lock.
 *
 * @returns a function that stops it
 */
export function keepPartitions(
  database: Pick<Database, 'primary'>,
  metrics: Metrics,
  logger: Logger,
  intervalMs = INTERVAL_MS,
): () => void {
  const stray = metrics.gauge({
    name: 'database_stray_rows',
    help: 'Rows in the default partition of a table: no partition was there for their time.',
    labelNames: ['table'],
  });
  const count = async (): Promise<void> => {
    for (const { table, rows } of await countStrayRows(database.primary.manager)) stray.set({ table }, rows);
  };
  const keep = async (): Promise<void> => {
    try {
      await ensurePartitions(database, new Date());
    } finally {
      await count();
    }
  };
  return repeat(keep, {
    intervalMs,
    onFailure: (error) => logger.warn({ err: error }, 'partitions could not be made; tried again in an hour'),
  });
}
