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
    doc: 'How far the read replica may be behind; past it, histories are read from the primary.',
    default: 5_000,
    // What was changed less than 20 s ago is read from the primary, whatever the lag (libs/cache, MARK_TTL_S).
    max: 10_000,
  }),
  QUERY_WAIT_MS_MAX: setting.milliseconds({
    doc: 'Longest `wait` that a caller may ask for.',
    default: 30_000,
    max: 60_000,
  }),
  QUERY_WAITERS_MAX: setting.integer({
    doc: 'Callers that wait for a change at once; past it, 503.',
    default: 1_000,
    min: 1,
    max: 10_000,
  }),
  QUERY_WAITERS_PER_KEY_MAX: setting.integer({
    doc: 'How many of those callers may have one API key; past it, 429.',
    default: 250,
    min: 1,
    max: 10_000,
  }),
  QUERY_POLL_MS: setting.milliseconds({
    doc: 'Between two looks for what is waited for, one statement for all who wait; none while nobody does.',
    default: 100,
    min: 10,
  }),
};

export type QueryConfig = ConfigOf<typeof querySettings>;
