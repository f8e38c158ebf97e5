import { GATEWAY_PROVIDERS } from '@payments/domain';
import { type ConfigOf, setting } from '@payments/runtime';
import { transactionsConcurrently, workerSettings } from '@payments/worker';

const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;

/** Credentials by gateway. A process needs those of its own gateway only. */
export const credentialSettings = {
  STRIPE_API_KEY: setting.secret({
    doc: 'Secret key (sk_… or rk_…) of the account at Stripe. One of a live account is sent over https only.',
    optional: true,
  }),
  STRIPE_API_BASE: setting.url({ doc: "Stripe's API.", default: 'https://api.stripe.com' }),
  PAYPAL_CLIENT_ID: setting.text({ doc: 'Client id of the REST app at PayPal.', optional: true }),
  PAYPAL_CLIENT_SECRET: setting.secret({ doc: 'Its secret.', optional: true }),
  PAYPAL_API_BASE: setting.url({ doc: "PayPal's API.", default: 'https://api-m.paypal.com' }),
  RAZORPAY_KEY_ID: setting.text({
    doc: 'Key id (rzp_…) of the account at Razorpay. One of a live account is sent over https only.',
    optional: true,
  }),
  RAZORPAY_KEY_SECRET: setting.secret({ doc: 'Its secret.', optional: true }),
  RAZORPAY_API_BASE: setting.url({ doc: "Razorpay's API.", default: 'https://api.razorpay.com' }),
} as const;

export const gatewaySettings = {
  ...workerSettings({ port: 8085 }),
  GATEWAY_PROVIDER: setting.oneOf({
    doc: 'The gateway that this process calls; run one or more processes for each.',
    values: GATEWAY_PROVIDERS,
  }),
  ...credentialSettings,
  GATEWAY_TRANSACTIONS_CONCURRENTLY: transactionsConcurrently,
  GATEWAY_POLL_INTERVAL_MS: setting.milliseconds({
    doc: 'How often to look for due calls that nothing woke this process for.',
    default: 500,
    min: 10,
    max: MINUTE_MS,
  }),
  GATEWAY_QUIET_MS: setting.milliseconds({
    doc: 'How long after a call was last sent its absence at the gateway starts to count as proof that it was not carried out. If this is shorter than a gateway may take over a call, or than the lag of its search, a call may happen twice.',
    default: 10 * MINUTE_MS,
    min: 1_000,
  }),
  GATEWAY_REVIEW_AFTER_MS: setting.milliseconds({
    doc: 'How long the outcome of a call may be unknown before it is put up for review by a person.',
    default: DAY_MS,
    min: 1_000,
  }),
};

export type GatewayServiceConfig = ConfigOf<typeof gatewaySettings>;
