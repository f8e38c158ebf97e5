import type { Database, EntityManager } from '@payments/persistence';
import { connectIntentsParts, type IntentsTarget, startIntentsWorker } from './intents-parts.js';

/**
 * An intents worker in its own process, to be killed. Prints `stopped` before the first statement that contains
 * `stopBefore`, or after the first commit if that is `after commit`, and blocks.
 */
export interface WorkerProcessOptions extends IntentsTarget {
  readonly group: string;
  readonly stopBefore: string;
}

const options = JSON.parse(String(process.argv[2])) as WorkerProcessOptions;
const parts = await connectIntentsParts(options);
await startIntentsWorker(parts, options, { database: stopping(parts.database, options.stopBefore) });

function stopping(database: Database, stopBefore: string): Database {
  return {
    ...database,
    // The last statement is sent by itself, and not together with the COMMIT: what stands still before it has not committed.
    transaction: async <T>(
      fn: (em: EntityManager) => Promise<T>,
      lastly: (em: EntityManager) => Promise<unknown> = async () => {},
    ): Promise<T> => {
      const result = await database.transaction(async (em) => {
        const query = em.query.bind(em);
        em.query = (async (sql: string, parameters?: unknown[]) =>
          sql.includes(stopBefore) ? standStill() : query(sql, parameters)) as EntityManager['query'];
        const value = await fn(em);
        await lastly(em);
        return stopBefore === 'commit' ? standStill() : value;
      });
      return stopBefore === 'after commit' ? standStill() : result;
    },
  };
}

function standStill(): Promise<never> {
  process.stdout.write('stopped\n');
  return new Promise<never>(() => {});
}
