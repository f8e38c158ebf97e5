import { postgresSettings, setting } from '@payments/runtime';

/** For commands that read or change stored data. */
export const databaseSettings = { DATABASE_URL: postgresSettings.DATABASE_URL };

/** For commands that change cached data. */
export const cacheSettings = {
  REDIS_URL: setting.url({
    doc: 'Redis, where workers look for changes every second; without it they ask Postgres every ten.',
    protocols: ['redis:', 'rediss:'],
    optional: true,
  }),
};
