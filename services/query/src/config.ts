import {
  apiKeySettings,
  type ConfigOf,
  postgresSettings,
  redisSettings,
  serviceSettings,
  setting,
} from '@payments/runtime';

export const querySettings = {
  ...serviceSettings,
  ...apiKeySettings,
  ...postgresSettings,
  ...redisSettings,
  PORT: setting.port({ doc: 'Port of the HTTP server.', default: 8081 }),
  QUERY_REPLICA_LAG_MS_MAX: setting.milliseconds({
    doc: 'How far behind the read replica may be; beyond it, histories are read from the primary.',
    default: 5_000,
    // Payments changed less than 20 s ago are read from the primary, whatever the lag (libs/cache, MARK_TTL_S).
    max: 10_000,
  }),
  QUERY_WAIT_MS_MAX: setting.milliseconds({
    doc: 'Longest `wait` that a caller may ask for.',
    default: 30_000,
    max: 60_000,
  }),
  QUERY_WAITERS_MAX: setting.integer({
    doc: 'Callers that may wait for a change at once; beyond it, 503.',
    default: 1_000,
    min: 1,
    max: 10_000,
  }),
  QUERY_WAITERS_PER_KEY_MAX: setting.integer({
    doc: 'How many of those callers may share one API key; beyond it, 429.',
    default: 250,
    min: 1,
    max: 10_000,
  }),
  QUERY_POLL_MS: setting.milliseconds({
    doc: 'How often Postgres is polled for changes that callers wait for: one statement for all of them, none while nobody waits.',
    default: 100,
    min: 10,
  }),
};

export type QueryConfig = ConfigOf<typeof querySettings>;
