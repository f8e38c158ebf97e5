import { type Cache, createCache } from '@payments/cache';
import { type Database, openDatabase } from '@payments/persistence';
import { createLogger, type Env, Metrics, readConfig } from '@payments/runtime';
import { cacheSettings, databaseSettings } from './settings.js';

/** Environment and output of a run. */
export interface CliIo {
  readonly env: Env;
  readonly out: (text: string) => void;
  readonly err: (text: string) => void;
}

/** Dependencies of commands. Each command opens only those it needs. */
export interface CliContext extends CliIo {
  /**
   * @throws ConfigError without a DATABASE_URL
   * @throws an error of `databaseErrorOf` if Postgres does not answer
   */
  withDatabase<T>(use: (database: Database) => Promise<T>): Promise<T>;
  /**
   * Undefined without a REDIS_URL. Redis may be unavailable: the cache reports that. @throws ConfigError if it is not
   * a URL
   */
  withCache<T>(use: (cache: Cache | undefined) => Promise<T>): Promise<T>;
}

const POOL_SIZE = 2;
const APPLICATION_NAME = 'payments-cli';
/** A person waits longer than a worker would. */
const REDIS_TIMEOUT_MS = 2_000;

export function createContext(io: CliIo): CliContext {
  return {
    ...io,
    withDatabase: async (use) => {
      const { DATABASE_URL: url } = readConfig(databaseSettings, io.env);
      const database = await openDatabase({ url, poolSize: POOL_SIZE, applicationName: APPLICATION_NAME });
      try {
        return await use(database);
      } finally {
        await database.close();
      }
    },
    withCache: async (use) => {
      const { REDIS_URL: url } = readConfig(cacheSettings, io.env);
      if (url === undefined) return use(undefined);
      const logger = createLogger({ service: 'cli', level: 'silent' });
      const metrics = new Metrics({ defaultMetrics: false });
      const cache = createCache({ url, logger, metrics, timeoutMs: REDIS_TIMEOUT_MS });
      try {
        return await use(cache);
      } finally {
        cache.close();
      }
    },
  };
}
