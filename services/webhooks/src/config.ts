import { type ConfigOf, setting } from '@payments/runtime';
import { sealSettings, transactionsConcurrently, workerSettings } from '@payments/worker';

export const webhooksSettings = {
  ...workerSettings({ port: 8083 }),
  ...sealSettings,
  WEBHOOKS_PAYPAL_VERIFY: setting.boolean({
    doc: "Whether PayPal's events that raise money or send the payer somewhere wait (VERIFYING) until the PayPal gateway worker has fetched the objects they name: only what PayPal then shows counts, and a forged body changes nothing. Needs that worker. If off, whoever has intercepted one of PayPal's signatures can forge payments.",
    default: true,
  }),
  // Of four, too often all wait for Node or all for Postgres (docs/adr/0039).
  WEBHOOKS_TRANSACTIONS_CONCURRENTLY: { ...transactionsConcurrently, defaultValue: 8 },
};

export type WebhooksConfig = ConfigOf<typeof webhooksSettings>;
