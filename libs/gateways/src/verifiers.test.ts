import { describe, expect, test } from '@jest/globals';
import { GATEWAY_PROVIDERS } from '@payments/domain';
import { createWebhookVerifiers, type WebhookVerifiersConfig } from './verifiers.js';

const good: WebhookVerifiersConfig = {
  stripeSecrets: ['whsec_1'],
  razorpaySecrets: ['secret'],
  paypalWebhookIds: ['WEBHOOK_ID'],
};

describe('verifiers', () => {
  test('there is one for each gateway', () => {
    expect(Object.keys(createWebhookVerifiers(good)).sort()).toEqual([...GATEWAY_PROVIDERS].sort());
  });

  test.each([
    ['STRIPE_WEBHOOK_SECRETS is not set', { stripeSecrets: [] }],
    ['STRIPE_WEBHOOK_SECRETS is not set', { stripeSecrets: undefined as unknown as string[] }],
    ['STRIPE_WEBHOOK_SECRETS has an empty entry (2)', { stripeSecrets: ['whsec_1', ''] }],
    ['STRIPE_WEBHOOK_SECRETS has an empty entry (1)', { stripeSecrets: [undefined as unknown as string] }],
    ['STRIPE_WEBHOOK_SECRETS has white space around an entry (1)', { stripeSecrets: ['whsec_1\n'] }],
    ['RAZORPAY_WEBHOOK_SECRETS is not set', { razorpaySecrets: [] }],
    ['RAZORPAY_WEBHOOK_SECRETS has an empty entry (1)', { razorpaySecrets: ['  '] }],
    ['PAYPAL_WEBHOOK_IDS is not set', { paypalWebhookIds: [] }],
    ['PAYPAL_CERT_HOSTS is empty', { paypalCertHosts: [] }],
    ['PAYPAL_CERT_HOSTS has "https://api.paypal.com"', { paypalCertHosts: ['https://api.paypal.com'] }],
    ['PAYPAL_CERT_HOSTS has "API.paypal.com"', { paypalCertHosts: ['API.paypal.com'] }],
    ['PAYPAL_CERT_CA_FILE cannot be used: the CA file holds no certificate', { paypalCertCa: '' }],
  ])('are refused when %s', (message, change) => {
    expect(() => createWebhookVerifiers({ ...good, ...change })).toThrow(message);
  });

  test('are refused with every problem at once, and without showing a secret', () => {
    const start = () =>
      createWebhookVerifiers({ stripeSecrets: [], razorpaySecrets: [' s3cret '], paypalWebhookIds: [] });
    expect(start).toThrow(/STRIPE_WEBHOOK_SECRETS.*RAZORPAY_WEBHOOK_SECRETS.*PAYPAL_WEBHOOK_IDS/);
    expect(start).not.toThrow(/s3cret/);
  });
});
