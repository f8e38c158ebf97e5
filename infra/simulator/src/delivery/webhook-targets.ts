import type { PayPalSigner } from '../paypal-signer.js';
import { signRazorpay, signStripe } from '../sign-hmac.js';
import type { WebhookTarget } from './outgoing-webhook.js';

export function stripeTarget(url: string, secret: string): WebhookTarget {
  return { url, sign: ({ body }) => signStripe(body, secret) };
}

export function razorpayTarget(url: string, secret: string): WebhookTarget {
  return {
    url,
    sign: ({ id, body }) => ({ ...signRazorpay(body, secret), 'x-razorpay-event-id': id }),
  };
}

/** Each attempt has the first one's transmission id and time, as PayPal's retries may. */
export function paypalTarget(url: string, webhookId: string, signer: PayPalSigner): WebhookTarget {
  return {
    url,
    sign: ({ id, body }, firstSentAtMs) =>
      signer.sign(body, { webhookId, atMs: firstSentAtMs, transmissionId: id }),
  };
}
