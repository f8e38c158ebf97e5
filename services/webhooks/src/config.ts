import { type ConfigOf, setting } from '@payments/runtime';
import { sealSettings, transactionsConcurrently, workerSettings } from '@payments/worker';

export const webhooksSettings = {
  ...workerSettings({ port: 8083 }),
  ...sealSettings,
  WEBHOOKS_PAYPAL_VERIFY: setting.boolean({
    doc: "Whether PayPal's events that raise money wait (VERIFYING) until the gateway worker of PayPal has fetched what they are about: what counts is then what PayPal shows, and a forged body changes nothing. It needs that worker. Off, whoever captured one signature of PayPal's can claim payments.",
    default: true,
  }),
  WEBHOOKS_TRANSACTIONS_CONCURRENTLY: transactionsConcurrently,
};

export type WebhooksConfig = ConfigOf<typeof webhooksSettings>;
