import { type KeyObject, verify } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import { crc32 } from 'node:zlib';
import { unauthentic } from '../webhook-error.js';
import type { CertificateUrl, CertificateUrlRules } from './certificate-url.js';

/** PayPal retries for three days and may keep the first transmission time; one more day as a margin. */
const AGE_MS_MAX = 4 * 24 * 60 * 60 * 1000;
const AHEAD_MS_MAX = 300_000;

/** Printable ASCII without `|`, which separates the fields of the signed text and must not occur in one. */
const TRANSMISSION_ID = /^[\x21-\x7b\x7d\x7e]{1,128}$/;
const TRANSMISSION_TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?(?:Z|[+-]\d\d:\d\d)$/;

/** RSA keys of 2048 to 8192 bits sign with 256 to 1024 bytes. */
const SIGNATURE_BYTES_MIN = 256;
const SIGNATURE_BYTES_MAX = 1024;

/** The headers of a delivery, after all checks that need no certificate. */
export interface Transmission {
  readonly id: string;
  /** As sent: these characters are what was signed. */
  readonly time: string;
  readonly signature: Buffer;
  readonly certificateUrl: CertificateUrl;
}

/** @throws WebhookError `unauthentic` */
export function readTransmission(
  headers: IncomingHttpHeaders,
  receivedAt: number,
  urls: CertificateUrlRules,
): Transmission {
  const id = headerOf(headers, 'paypal-transmission-id');
  const time = headerOf(headers, 'paypal-transmission-time');
  const signature = headerOf(headers, 'paypal-transmission-sig');
  const certificateUrl = headerOf(headers, 'paypal-cert-url');
  if (headerOf(headers, 'paypal-auth-algo') !== 'SHA256withRSA') {
    throw unauthentic('PAYPAL-AUTH-ALGO is not SHA256withRSA');
  }
  if (!TRANSMISSION_ID.test(id)) throw unauthentic('PAYPAL-TRANSMISSION-ID is malformed');
  checkTime(time, receivedAt);
  return { id, time, signature: decodeSignature(signature), certificateUrl: urls.check(certificateUrl) };
}

/** True if the certificate's key signed this body for one of our webhook ids. */
export function isSignedBy(
  key: KeyObject,
  { id, time, signature }: Transmission,
  body: Buffer,
  webhookIds: readonly string[],
): boolean {
  const checksum = crc32(body);
  return webhookIds.some((webhookId) =>
    verify('RSA-SHA256', Buffer.from(`${id}|${time}|${webhookId}|${checksum}`), key, signature),
  );
}

function headerOf(headers: IncomingHttpHeaders, name: string): string {
  const value = headers[name];
  if (typeof value !== 'string' || value === '') throw unauthentic(`${name.toUpperCase()} is missing`);
  return value;
}

function checkTime(time: string, receivedAt: number): void {
  const sentAt = TRANSMISSION_TIME.test(time) ? Date.parse(time) : Number.NaN;
  const age = receivedAt - sentAt;
  // Written so that NaN is refused too.
  if (!(age <= AGE_MS_MAX && age >= -AHEAD_MS_MAX)) {
    throw unauthentic('PAYPAL-TRANSMISSION-TIME is malformed, older than four days or ahead of time');
  }
}

function decodeSignature(base64: string): Buffer {
  const signature = Buffer.from(base64, 'base64');
  // Buffer.from skips invalid characters; only the canonical encoding is accepted.
  if (
    signature.length < SIGNATURE_BYTES_MIN ||
    signature.length > SIGNATURE_BYTES_MAX ||
    signature.toString('base64') !== base64
  ) {
    throw unauthentic('PAYPAL-TRANSMISSION-SIG is malformed');
  }
  return signature;
}
