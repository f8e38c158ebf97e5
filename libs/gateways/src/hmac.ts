import { createHmac, createSecretKey, type KeyObject, timingSafeEqual } from 'node:crypto';

/** Creates keys once, not per request. Secrets are used unchanged, with Stripe's prefix `whsec_`. */
export function hmacKeys(secrets: readonly string[]): KeyObject[] {
  return secrets.map((secret) => createSecretKey(secret, 'utf8'));
}

/** Lower-case hex of HMAC-SHA256 over the parts, as bytes ready to be compared. */
export function hmacSha256Hex(key: KeyObject, ...parts: readonly (string | Buffer)[]): Buffer {
  const hmac = createHmac('sha256', key);
  for (const part of parts) hmac.update(part);
  return Buffer.from(hmac.digest('hex'), 'latin1');
}

/** Compares in constant time, except for the length: that is no secret, and timingSafeEqual throws if it differs. */
export function sameBytes(expected: Buffer, given: Buffer): boolean {
  return expected.length === given.length && timingSafeEqual(expected, given);
}
