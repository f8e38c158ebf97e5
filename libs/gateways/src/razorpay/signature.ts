import type { KeyObject } from 'node:crypto';
import { hmacSha256Hex, sameBytes } from '../hmac.js';
import { unauthentic } from '../webhook-error.js';

/**
 * Checks `X-Razorpay-Signature`: hex HMAC-SHA256 over the body's bytes, with any of the secrets. No signed field has
 * the time of sending, so only permanent deduplication protects against replays.
 *
 * Source: https://razorpay.com/docs/webhooks/validate-test/
 *
 * @throws WebhookError `unauthentic`
 */
export function checkRazorpaySignature(
  header: string | string[] | undefined,
  body: Buffer,
  keys: readonly KeyObject[],
): void {
  if (typeof header !== 'string' || header === '') throw unauthentic('X-Razorpay-Signature is missing');
  const given = Buffer.from(header);
  for (const key of keys) if (sameBytes(hmacSha256Hex(key, body), given)) return;
  throw unauthentic('X-Razorpay-Signature does not match');
}
