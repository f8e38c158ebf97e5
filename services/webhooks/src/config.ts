import { parseSealKeys } from '@payments/contracts';
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
  SEAL_KEYS: setting.parsed({
    doc: 'Keys that open webhook bodies, newest first.',
    form: 'id:base64 of 32 bytes, comma-separated',
    secret: true,
    parse: parseSealKeys,
  }),
  WEBHOOKS_PAYPAL_VERIFY: setting.boolean({
    doc: "Whether PayPal's events that raise money wait (VERIFYING) until they are fetched from PayPal. Leave it off until a gateway worker fetches them.",
    default: false,
  }),
  WEBHOOKS_TRANSACTIONS_CONCURRENTLY: setting.integer({
    doc: 'Transactions side by side; each takes a database connection.',
    default: 4,
    min: 1,
    max: 64,
  }),
};

export type WebhooksConfig = ConfigOf<typeof webhooksSettings>;
