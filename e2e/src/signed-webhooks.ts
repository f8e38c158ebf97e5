import type { GatewayProvider } from '@payments/domain';
import {
  type PayPalSigner,
  type PayPalWebhookType,
  paypalWebhook,
  type RazorpayWebhookType,
  razorpayWebhook,
  type SimulatedWebhook,
  type StripeWebhookType,
  signRazorpay,
  signStripe,
  stripeWebhook,
  type WebhookHeaders,
} from '@payments/simulator';

/** The secrets that the three gateways share with the ingress. */
export interface GatewaySecrets {
  readonly stripeSecret: string;
  readonly razorpaySecret: string;
  readonly paypalWebhookId: string;
  readonly paypal: PayPalSigner;
}

/** The headers with which `provider` would deliver `body` now. */
export function sign(provider: GatewayProvider, body: Buffer, secrets: GatewaySecrets): WebhookHeaders {
  return {
    stripe: () => signStripe(body, secrets.stripeSecret),
    razorpay: () => signRazorpay(body, secrets.razorpaySecret),
    paypal: () => secrets.paypal.sign(body, { webhookId: secrets.paypalWebhookId }),
  }[provider]();
}

/** The events of one payment at each gateway, and one event of Stripe's that concerns no payment. */
const STORIES = {
  stripe: [
    'payment_intent.created',
    'payment_intent.succeeded',
    'charge.succeeded',
    'refund.created',
    'customer.updated',
  ],
  paypal: ['CHECKOUT.ORDER.APPROVED', 'PAYMENT.CAPTURE.COMPLETED', 'PAYMENT.CAPTURE.REFUNDED'],
  razorpay: ['payment.authorized', 'payment.captured', 'order.paid', 'refund.processed'],
} as const satisfies {
  stripe: readonly StripeWebhookType[];
  paypal: readonly PayPalWebhookType[];
  razorpay: readonly RazorpayWebhookType[];
};

/** The `n`th of an endless series of distinct webhooks, with all gateways and event types in turn. */
export function nthWebhook(n: number): SimulatedWebhook<unknown> {
  const turn = Math.floor(n / 3);
  switch (n % 3) {
    case 0:
      return stripeWebhook({ type: inTurn(STORIES.stripe, turn) });
    case 1:
      return razorpayWebhook({ type: inTurn(STORIES.razorpay, turn) });
    default:
      return paypalWebhook({ type: inTurn(STORIES.paypal, turn) });
  }
}

function inTurn<T>(list: readonly [T, ...T[]], turn: number): T {
  return list[turn % list.length] ?? list[0];
}
