import type { GatewayProvider } from '@payments/domain';
import { describePayPalWebhook } from './paypal/events.js';
import { describeRazorpayWebhook } from './razorpay/events.js';
import { describeStripeWebhook } from './stripe/events.js';
import type { WebhookDescription } from './webhook.js';

const describers = {
  stripe: describeStripeWebhook,
  paypal: describePayPalWebhook,
  razorpay: describeRazorpayWebhook,
} as const satisfies Record<GatewayProvider, (body: Buffer) => WebhookDescription>;

/**
 * What an authentic body says: its type, its payment-level key, its time, the objects it names, its effect.
 * Checks no signature. Any body that a verifier took is described without an error.
 * @throws WebhookError `unreadable`
 */
export function describeWebhook(provider: GatewayProvider, body: Buffer): WebhookDescription {
  return describers[provider](body);
}
