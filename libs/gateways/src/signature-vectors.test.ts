import { describe, expect, test } from '@jest/globals';
import { hmacKeys } from './hmac.js';
import { createPayPalVerifier } from './paypal/verifier.js';
import { checkRazorpaySignature } from './razorpay/signature.js';
import { checkStripeSignature } from './stripe/signature.js';
import { createStripeVerifier } from './stripe/verifier.js';
import { hasFixtures, NO_FIXTURES, readFixture, readVectors } from './testing/fixtures.js';
import { kindOf, outcomeOf } from './testing/outcome.js';

const vectors = readVectors();

describe('signatures made by other implementations', () => {
  if (!hasFixtures) test.skip(NO_FIXTURES, () => {});

  for (const vector of vectors.stripe) {
    const body = Buffer.from(vector.body_b64, 'base64');
    const receivedAt = (vector.timestamp ?? 1_700_000_000) * 1000;

    test(`Stripe: ${vector.name} is ${vector.expect}`, async () => {
      const check = () => checkStripeSignature(vector.header, body, hmacKeys([vector.secret]), receivedAt);
      expect(await kindOf(check)).toBe(vector.expect === 'valid' ? 'verified' : 'unauthentic');
    });

    test(`Stripe: ${vector.name} as a request: its body has no type`, async () => {
      const verifier = createStripeVerifier([vector.secret]);
      const request = { headers: { 'stripe-signature': vector.header }, body, receivedAt };
      expect(await outcomeOf(verifier, request)).toBe(
        vector.expect === 'valid' ? 'unreadable' : 'unauthentic',
      );
    });
  }

  for (const vector of vectors.razorpay) {
    const message = Buffer.from(vector.message_b64, 'base64');

    test(`Razorpay: ${vector.name} verifies, and not with another secret`, async () => {
      const check = (secret: string) =>
        kindOf(() => checkRazorpaySignature(vector.signature, message, hmacKeys([secret])));
      expect(await check(vector.secret)).toBe('verified');
      expect(await check(`${vector.secret}x`)).toBe('unauthentic');
    });
  }

  for (const vector of vectors.paypal) {
    const sentAt = Date.parse(vector.transmission_time);
    const ca = () =>
      ['DigiCertHighAssuranceEVRootCA', 'DigiCertSHA2ExtendedValidationServerCA']
        .map((name) => readFixture(`certs/${name}.pem`).toString('latin1'))
        .join('\n');
    const request = {
      headers: {
        'paypal-transmission-id': vector.transmission_id,
        'paypal-transmission-time': vector.transmission_time,
        'paypal-transmission-sig': vector.transmission_sig,
        'paypal-auth-algo': vector.auth_algo,
        'paypal-cert-url': vector.cert_url,
      },
      body: Buffer.from(vector.body_b64, 'base64'),
      receivedAt: sentAt,
    };
    const verifierAt = (at: number, webhookId = vector.webhook_id) =>
      createPayPalVerifier({
        webhookIds: [webhookId],
        certCa: ca(),
        clock: () => at,
        fetchCertificate: async () => readFixture(`certs/${vector.cert_file}`),
      });

    test(`PayPal: ${vector.name} verifies with PayPal's own certificate chain`, async () => {
      const webhook = await verifierAt(sentAt).verify(request);
      expect(webhook.eventType).toBe(vector.event_type);
    });

    test(`PayPal: ${vector.name} is refused once its certificate has expired`, async () => {
      expect(await outcomeOf(verifierAt(Date.parse('2026-11-01T00:00:00Z')), request)).toBe('unauthentic');
    });

    test(`PayPal: ${vector.name} is refused for another webhook id`, async () => {
      expect(await outcomeOf(verifierAt(sentAt, 'ANOTHER_WEBHOOK'), request)).toBe('unauthentic');
    });
  }
});
