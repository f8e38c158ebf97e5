import { createHmac } from 'node:crypto';
import type { WebhookHeaders } from './webhook-headers.js';

/** The headers of a delivery by Stripe: HMAC-SHA256 over `t.body`. @param atMs milliseconds of the epoch */
export function signStripe(body: Buffer, secret: string, atMs: number = Date.now()): WebhookHeaders {
  const timestamp = Math.floor(atMs / 1000);
  const signature = createHmac('sha256', secret).update(`${timestamp}.`).update(body).digest('hex');
  return { 'content-type': 'application/json', 'stripe-signature': `t=${timestamp},v1=${signature}` };
}

/** The headers of a delivery by Razorpay: hex HMAC-SHA256 of the body. */
export function signRazorpay(body: Buffer, secret: string): WebhookHeaders {
  const signature = createHmac('sha256', secret).update(body).digest('hex');
  return { 'content-type': 'application/json', 'x-razorpay-signature': signature };
}
