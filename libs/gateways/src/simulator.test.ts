import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import {
  type CertificateServer,
  createPayPalChain,
  PAYPAL_WEBHOOK_TYPES,
  PayPalSigner,
  paypalWebhook,
  RAZORPAY_WEBHOOK_TYPES,
  razorpayWebhook,
  STRIPE_WEBHOOK_TYPES,
  serveCertificates,
  signRazorpay,
  signStripe,
  stripeWebhook,
} from '@payments/simulator';
import { outcomeOf } from './testing/outcome.js';
import { createWebhookVerifiers, type WebhookVerifiersConfig } from './verifiers.js';

let server: CertificateServer;
let signer: PayPalSigner;
let config: WebhookVerifiersConfig;

beforeAll(async () => {
  const chain = await createPayPalChain();
  server = await serveCertificates({
    port: 0,
    tls: chain.server,
    certificates: new Map([[chain.certificateId, chain.servedPem]]),
  });
  const host = `localhost:${server.port}`;
  signer = new PayPalSigner({
    privateKeyPem: chain.signer.privateKeyPem,
    certificateUrl: `https://${host}/v1/notifications/certs/${chain.certificateId}`,
  });
  config = {
    stripeSecrets: ['whsec_local'],
    razorpaySecrets: ['razorpay_local'],
    paypalWebhookIds: ['WH-LOCAL'],
    paypalCertHosts: [host],
    paypalCertCa: chain.caPem,
  };
});

afterAll(() => server.close());

describe('the simulator’s webhooks verify', () => {
  test('over HTTPS, for each of their types', async () => {
    const verifiers = createWebhookVerifiers(config);
    const receivedAt = Date.now();
    const sent = [
      ...STRIPE_WEBHOOK_TYPES.map((type) => stripeWebhook({ type })),
      ...PAYPAL_WEBHOOK_TYPES.map((type) => paypalWebhook({ type })),
      ...RAZORPAY_WEBHOOK_TYPES.map((type) => razorpayWebhook({ type })),
    ];
    const sign = {
      stripe: (body: Buffer) => signStripe(body, 'whsec_local', receivedAt),
      paypal: (body: Buffer) => signer.sign(body, { webhookId: 'WH-LOCAL', atMs: receivedAt }),
      razorpay: (body: Buffer) => signRazorpay(body, 'razorpay_local'),
    };
    for (const { provider, body, webhookId, eventType } of sent) {
      const headers = sign[provider](body);
      const webhook = await verifiers[provider].verify({ headers, body, receivedAt });
      expect(webhook).toMatchObject({ provider, webhookId, eventType });
    }
  });

  test('not if the certificate server has no such certificate, or is not trusted', async () => {
    const { body } = paypalWebhook({ type: 'PAYMENT.CAPTURE.COMPLETED' });
    const receivedAt = Date.now();
    const headers = signer.sign(body, { webhookId: 'WH-LOCAL', atMs: receivedAt });
    const { paypal } = createWebhookVerifiers(config);
    const gone = { ...headers, 'paypal-cert-url': `${headers['paypal-cert-url']}-GONE` };
    expect(await outcomeOf(paypal, { headers: gone, body, receivedAt })).toBe('unavailable');
    const untrusting = createWebhookVerifiers({ ...config, paypalCertCa: undefined });
    expect(await outcomeOf(untrusting.paypal, { headers, body, receivedAt })).toBe('unavailable');
  });
});
