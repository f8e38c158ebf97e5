import { postgresSettings, redisSettings } from '@payments/runtime';

/** For commands that read or change what is stored. */
export const databaseSettings = { DATABASE_URL: postgresSettings.DATABASE_URL };

/** For commands that change what is cached. */
export const cacheSettings = { REDIS_URL: redisSettings.REDIS_URL };
