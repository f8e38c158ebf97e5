import { type ConfigOf, setting } from '@payments/runtime';
import { sealSettings, transactionsConcurrently, workerSettings } from '@payments/worker';

export const webhooksSettings = {
  ...workerSettings({ port: 8083 }),
  ...sealSettings,
  WEBHOOKS_PAYPAL_VERIFY: setting.boolean({
    doc: "Whether PayPal's events that raise money wait (VERIFYING) until they are fetched from PayPal. Leave it off until a gateway worker fetches them.",
    default: false,
  }),
  WEBHOOKS_TRANSACTIONS_CONCURRENTLY: transactionsConcurrently,
};

export type WebhooksConfig = ConfigOf<typeof webhooksSettings>;
