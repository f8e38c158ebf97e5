import { parseSealKeys } from '@payments/contracts';
import {
  apiKeySettings,
  type ConfigOf,
  kafkaSettings,
  redisSettings,
  serviceSettings,
  setting,
} from '@payments/runtime';

export const ingressSettings = {
  ...serviceSettings,
  ...apiKeySettings,
  ...kafkaSettings,
  ...redisSettings,
  PORT: setting.port({ doc: 'Port of the HTTP server.', default: 8080 }),
  STRIPE_WEBHOOK_SECRETS: setting.secretList({
    doc: "Stripe's endpoint secrets (whsec_…), newest first; any of them verifies.",
  }),
  RAZORPAY_WEBHOOK_SECRETS: setting.secretList({
    doc: "Razorpay's webhook secrets, newest first; any of them verifies.",
  }),
  PAYPAL_WEBHOOK_IDS: setting.list({
    doc: "PayPal's webhook ids, newest first; any of them verifies.",
  }),
  PAYPAL_CERT_HOSTS: setting.list({
    doc: 'Hosts (host or host:port) that PayPal signing certificates may be fetched from.',
    default: ['api.paypal.com', 'api.sandbox.paypal.com'],
  }),
  PAYPAL_CERT_CA: setting.text({
    doc: 'Certificates (PEM) for checking those that sign PayPal webhooks. Self-signed ones replace the built-in roots for signatures and add to them for TLS; others complete chains: PayPal serves its signing certificate without the intermediate, which belongs here.',
    optional: true,
  }),
  SEAL_KEYS: setting.parsed({
    doc: 'Keys that seal webhook bodies, newest first.',
    form: 'id:base64 of 32 bytes, comma-separated',
    secret: true,
    parse: parseSealKeys,
  }),
  QUERY_PUBLIC_URL: setting.url({
    doc: 'Where callers reach the query service; the links in answers to commands point there.',
    default: 'http://127.0.0.1:8081',
  }),
  INGRESS_CREATIONS_PER_MINUTE: setting.integer({
    doc: 'Payment intents that may be created for one customer of an API key in any minute; beyond it, 429.',
    default: 10,
    min: 1,
    max: 10_000,
  }),
  INGRESS_BODIES_BYTES_MAX: setting.bytes({
    doc: 'Bytes of bodies held at once, over all requests; beyond it, 503.',
    default: 64 * 1024 * 1024,
  }),
  INGRESS_BODY_TIMEOUT_MS: setting.milliseconds({
    doc: 'Longest time that a request may take to arrive; after it, 408 and the connection is closed.',
    default: 10_000,
  }),
  INGRESS_PUBLISH_DEADLINE_MS: setting.milliseconds({
    doc: "Longest wait for the broker's acknowledgement; after it, 503. Razorpay gives up after 5 s.",
    default: 4_000,
  }),
  INGRESS_QUEUE_RECORDS_MAX: setting.integer({
    doc: 'Records queued for the broker at once; beyond it, 503.',
    default: 20_000,
  }),
  INGRESS_QUEUE_BYTES_MAX: setting.bytes({
    doc: 'Bytes queued for the broker at once; beyond it, 503.',
    default: 64 * 1024 * 1024,
  }),
};

export type IngressConfig = ConfigOf<typeof ingressSettings>;
