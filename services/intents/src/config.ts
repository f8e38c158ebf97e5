import { parseSealKeys } from '@payments/contracts';
import {
  type ConfigOf,
  kafkaSettings,
  postgresSettings,
  redisSettings,
  serviceSettings,
  setting,
} from '@payments/runtime';

export const intentsSettings = {
  ...serviceSettings,
  ...kafkaSettings,
  ...postgresSettings,
  ...redisSettings,
  PORT: setting.port({ doc: 'Port of /metrics and /health.', default: 8084 }),
  SEAL_KEYS: setting.parsed({
    doc: 'Keys, newest first. The first makes the fingerprints of commands that held a card number.',
    form: 'id:base64 of 32 bytes, comma-separated',
    secret: true,
    parse: parseSealKeys,
  }),
  INTENTS_TRANSACTIONS_CONCURRENTLY: setting.integer({
    doc: 'Transactions side by side; each takes a database connection.',
    default: 4,
    min: 1,
    max: 64,
  }),
  INTENTS_EXPIRY_INTERVAL_MS: setting.integer({
    doc: 'How often intents are looked for whose `expiresAt` has passed.',
    default: 1_000,
    min: 100,
    max: 60_000,
  }),
};

export type IntentsConfig = ConfigOf<typeof intentsSettings>;
