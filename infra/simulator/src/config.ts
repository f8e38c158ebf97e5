import { type ConfigOf, setting } from '@payments/runtime';

const gatewayPort = (name: string) =>
  setting.port({
    doc: `Port of ${name}'s own, besides PORT; while the gateway is down, connections to it are refused.`,
    optional: true,
  });

const webhookUrl = (name: string) =>
  setting.url({
    doc: `Where ${name}'s webhooks go; by default nowhere, until the control API sets it.`,
    optional: true,
  });

export const simulatorSettings = {
  PORT: setting.port({ doc: "Port of the simulator's HTTP server.", default: 8090 }),
  SIMULATOR_CERT_PORT: setting.port({
    doc: 'Port of the HTTPS server that serves PayPal-like signing certificates.',
    default: 8091,
  }),
  SIMULATOR_PUBLIC_HOST: setting.text({
    doc: 'Host name in certificate URLs and approval links, by which the ingress and customers reach the simulator.',
    default: 'localhost',
  }),
  SIMULATOR_STATE_DIR: setting.text({
    doc: 'Folder for certificates and keys; ca.pem in it is what PAYPAL_CERT_CA_FILE points to.',
    default: '.local/simulator',
  }),
  SIMULATOR_SEED: setting.integer({
    doc: 'Seed of faults with a probability: the same seed and calls give the same faults.',
    default: 1,
    min: 0,
    max: 2 ** 31 - 1,
  }),
  SIMULATOR_PAYMENTS_MAX: setting.integer({
    doc: 'Payments kept for each gateway, in memory; the oldest are dropped.',
    default: 50_000,
    min: 1,
  }),
  SIMULATOR_CUSTOMER_MODE: setting.oneOf({
    doc: 'Whether customers approve, pay and authenticate by themselves, or only when told to.',
    values: ['auto', 'manual'],
    default: 'auto',
  }),
  SIMULATOR_CUSTOMER_DELAY_MS: setting.milliseconds({
    doc: 'Delay before a customer approves, pays or authenticates.',
    default: 500,
  }),
  SIMULATOR_WEBHOOK_TIME_FACTOR: setting.integer({
    doc: "How many times faster than on the gateways' schedules webhooks are retried.",
    default: 1,
    min: 1,
  }),
  SIMULATOR_STRIPE_PORT: gatewayPort('Stripe'),
  SIMULATOR_PAYPAL_PORT: gatewayPort('PayPal'),
  SIMULATOR_RAZORPAY_PORT: gatewayPort('Razorpay'),
  SIMULATOR_STRIPE_WEBHOOK_URL: webhookUrl('Stripe'),
  SIMULATOR_PAYPAL_WEBHOOK_URL: webhookUrl('PayPal'),
  SIMULATOR_RAZORPAY_WEBHOOK_URL: webhookUrl('Razorpay'),
  STRIPE_WEBHOOK_SECRETS: setting.secretList({
    doc: "Stripe's webhooks are signed with the first of them. Needed if SIMULATOR_STRIPE_WEBHOOK_URL is set.",
    optional: true,
  }),
  PAYPAL_WEBHOOK_IDS: setting.list({
    doc: 'The first is the id of our webhook at PayPal. Needed if SIMULATOR_PAYPAL_WEBHOOK_URL is set.',
    optional: true,
  }),
  RAZORPAY_WEBHOOK_SECRETS: setting.secretList({
    doc: "Razorpay's webhooks are signed with the first of them. Needed if SIMULATOR_RAZORPAY_WEBHOOK_URL is set.",
    optional: true,
  }),
  STRIPE_API_KEY: setting.secret({
    doc: 'The API key that Stripe accepts; if not set, any that begins with sk_ or rk_.',
    optional: true,
  }),
  PAYPAL_CLIENT_ID: setting.text({
    doc: 'The client id that PayPal accepts; if not set, any.',
    optional: true,
  }),
  PAYPAL_CLIENT_SECRET: setting.secret({ doc: 'The secret of PAYPAL_CLIENT_ID.', optional: true }),
  RAZORPAY_KEY_ID: setting.text({
    doc: 'The key id that Razorpay accepts; if not set, any that begins with rzp_.',
    optional: true,
  }),
  RAZORPAY_KEY_SECRET: setting.secret({ doc: 'The secret of RAZORPAY_KEY_ID.', optional: true }),
} as const;

export type SimulatorConfig = ConfigOf<typeof simulatorSettings>;
