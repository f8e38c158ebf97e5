import { type ConfigOf, setting } from '@payments/runtime';
import { sealSettings, transactionsConcurrently, workerSettings } from '@payments/worker';

export const intentsSettings = {
  ...workerSettings({ port: 8084 }),
  ...sealSettings,
  INTENTS_TRANSACTIONS_CONCURRENTLY: transactionsConcurrently,
  INTENTS_EXPIRY_INTERVAL_MS: setting.integer({
    doc: 'How often to look for intents whose `expiresAt` has passed.',
    default: 1_000,
    min: 100,
    max: 60_000,
  }),
};

export type IntentsConfig = ConfigOf<typeof intentsSettings>;
