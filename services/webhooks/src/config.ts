import {
  type ConfigOf,
  kafkaSettings,
  postgresSettings,
  redisSettings,
  serviceSettings,
  setting,
} from '@payments/runtime';

export const webhooksSettings = {
  ...serviceSettings,
  ...kafkaSettings,
  ...postgresSettings,
  ...redisSettings,
  PORT: setting.port({ doc: 'Port of /metrics and /health.', default: 8083 }),
  SEAL_KEYS: setting.secret({
    doc: 'Keys that open webhook bodies, newest first: `id:base64 of 32 bytes`, separated by commas.',
  }),
  WEBHOOKS_PARTITIONS_CONCURRENTLY: setting.integer({
    doc: 'Partitions worked on side by side; each takes a database connection.',
    default: 4,
    min: 1,
    max: 64,
  }),
};

export type WebhooksConfig = ConfigOf<typeof webhooksSettings>;
