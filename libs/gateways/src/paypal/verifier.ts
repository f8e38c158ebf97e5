import type { KeyObject } from 'node:crypto';
import { webhookIdOf } from '@payments/domain';
import type { VerifiedWebhook, WebhookVerifier } from '../webhook.js';
import { unauthentic } from '../webhook-error.js';
import { createCertificateFetch, type FetchCertificate } from './certificate-fetch.js';
import { CertificateStore } from './certificate-store.js';
import { createCertificateTrust } from './certificate-trust.js';
import { certificateUrlRules, PAYPAL_CERTIFICATE_HOSTS } from './certificate-url.js';
import { readPayPalEvent } from './events.js';
import { isSignedBy, readTransmission, type Transmission } from './transmission.js';
import { TransmissionLog } from './transmission-log.js';

export interface PayPalVerifierOptions {
  /** Ids of our webhooks at PayPal, part of the signed text; several while one is being replaced. */
  readonly webhookIds: readonly string[];
  /** `host` or `host:port`, exactly as certificate URLs spell it. PayPal's own by default. */
  readonly certHosts?: readonly string[] | undefined;
  /** PEM of CAs: see CertificateTrustOptions for what they are trusted with. */
  readonly certCa?: string | undefined;
  /** A signing certificate must carry one of these names; see CertificateTrustOptions for the default. */
  readonly certSubjects?: readonly string[] | undefined;
  /** Replaces fetching over HTTPS, in tests. */
  readonly fetchCertificate?: FetchCertificate | undefined;
  /** Current time in milliseconds since the epoch, for the validity of certificates. */
  readonly clock?: (() => number) | undefined;
}

/**
 * Verifies PayPal's deliveries offline: RSA-SHA256 by PayPal's certificate over
 * `transmissionId|time|webhookId|crc32(body)`. Synchronous if the certificate is in memory.
 *
 * Source: https://developer.paypal.com/api/rest/webhooks/rest/#link-selfverificationmethod
 *
 * @throws Error if the CA file cannot be read
 */
export function createPayPalVerifier(options: PayPalVerifierOptions): WebhookVerifier {
  const { webhookIds, certHosts, certCa, certSubjects, clock = Date.now } = options;
  const urls = certificateUrlRules(certHosts ?? PAYPAL_CERTIFICATE_HOSTS);
  const log = new TransmissionLog();
  const certificates = new CertificateStore({
    fetch: options.fetchCertificate ?? createCertificateFetch({ ca: certCa }),
    trust: createCertificateTrust({ ca: certCa, subjects: certSubjects }),
    clock,
  });

  function verifyWith(key: KeyObject, transmission: Transmission, body: Buffer): VerifiedWebhook {
    if (!isSignedBy(key, transmission, body, webhookIds)) {
      throw unauthentic('PAYPAL-TRANSMISSION-SIG does not match');
    }
    if (!log.admits(transmission.id, body)) {
      throw unauthentic('PAYPAL-TRANSMISSION-ID was used for another body');
    }
    const { id, type, key: kafkaKey, time } = readPayPalEvent(body);
    return {
      provider: 'paypal',
      webhookId: webhookIdOf('paypal', id),
      eventType: type,
      key: kafkaKey,
      eventTime: time,
    };
  }

  return {
    verify({ headers, body, receivedAt }) {
      const transmission = readTransmission(headers, receivedAt, urls);
      const key = certificates.publicKey(transmission.certificateUrl);
      if (key instanceof Promise) return key.then((fetched) => verifyWith(fetched, transmission, body));
      return verifyWith(key, transmission, body);
    },
  };
}
