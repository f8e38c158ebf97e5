import type { KeyObject } from 'node:crypto';
import { hmacSha256Hex, sameBytes } from '../hmac.js';
import { unauthentic } from '../webhook-error.js';

/** Stripe's documented tolerance, here in both directions: its SDKs accept any time in the future. */
const TOLERANCE_SECONDS = 300;

/** A genuine header has one timestamp and a few v1 of 64 characters. */
const HEADER_LENGTH_MAX = 4096;

interface SignatureHeader {
  /** Exactly as sent: these characters are what was signed. */
  readonly timestamp: string;
  readonly v1: readonly Buffer[];
}

/**
 * Checks `Stripe-Signature: t=…,v1=…[,v1=…]`: HMAC-SHA256 over `t.body`. Any secret may match any v1, so
 * that secrets rotate without a gap; other schemes (v0) are ignored.
 * Source: https://docs.stripe.com/webhooks#verify-manually
 * @throws WebhookError `unauthentic`
 */
export function checkStripeSignature(
  header: string | string[] | undefined,
  body: Buffer,
  keys: readonly KeyObject[],
  receivedAt: number,
): void {
  if (typeof header !== 'string' || header === '') throw unauthentic('Stripe-Signature is missing');
  const { timestamp, v1 } = readHeader(header);
  const ageSeconds = Math.floor(receivedAt / 1000) - Number(timestamp);
  // Written so that NaN is refused too.
  if (!(Math.abs(ageSeconds) <= TOLERANCE_SECONDS)) {
    throw unauthentic('Stripe-Signature has a timestamp outside of 300 seconds');
  }
  for (const key of keys) {
    const expected = hmacSha256Hex(key, `${timestamp}.`, body);
    for (const signature of v1) if (sameBytes(expected, signature)) return;
  }
  throw unauthentic('no v1 of Stripe-Signature matches');
}

function readHeader(header: string): SignatureHeader {
  if (header.length > HEADER_LENGTH_MAX) throw unauthentic('Stripe-Signature is too long');
  let timestamp: string | undefined;
  const v1: Buffer[] = [];
  for (const part of header.split(',')) {
    // Node joins repeated headers with a comma and a space.
    const item = part.trimStart();
    if (item.startsWith('v1=')) {
      v1.push(Buffer.from(item.slice(3)));
    } else if (item.startsWith('t=')) {
      // Two timestamps would leave open which of them was checked.
      if (timestamp !== undefined) throw unauthentic('Stripe-Signature has two timestamps');
      timestamp = item.slice(2);
    }
  }
  if (timestamp === undefined || !/^\d{1,15}$/.test(timestamp)) {
    throw unauthentic('Stripe-Signature has no timestamp');
  }
  if (v1.length === 0) throw unauthentic('Stripe-Signature has no v1');
  return { timestamp, v1 };
}
