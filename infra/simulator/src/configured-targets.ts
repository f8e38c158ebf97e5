import type { GatewayProvider } from '@payments/domain';
import { ConfigError } from '@payments/runtime';
import type { SimulatorConfig } from './config.js';
import type { WebhookTarget } from './delivery/outgoing-webhook.js';
import { paypalTarget, razorpayTarget, stripeTarget } from './delivery/webhook-targets.js';
import type { PayPalSigner } from './paypal-signer.js';

type SigningSetting = 'STRIPE_WEBHOOK_SECRETS' | 'PAYPAL_WEBHOOK_IDS' | 'RAZORPAY_WEBHOOK_SECRETS';

/** Where the environment says that webhooks go. @throws ConfigError if they could not be signed */
export function configuredTargets(
  config: SimulatorConfig,
  signer: PayPalSigner,
): ReadonlyMap<GatewayProvider, WebhookTarget> {
  const signedWith = (name: SigningSetting): string => {
    const newest = config[name]?.[0];
    if (newest === undefined) throw new ConfigError([`${name} is not set: webhooks are signed with it`]);
    return newest;
  };
  const targets = new Map<GatewayProvider, WebhookTarget>();
  const { SIMULATOR_STRIPE_WEBHOOK_URL, SIMULATOR_PAYPAL_WEBHOOK_URL, SIMULATOR_RAZORPAY_WEBHOOK_URL } =
    config;
  if (SIMULATOR_STRIPE_WEBHOOK_URL !== undefined) {
    targets.set('stripe', stripeTarget(SIMULATOR_STRIPE_WEBHOOK_URL, signedWith('STRIPE_WEBHOOK_SECRETS')));
  }
  if (SIMULATOR_PAYPAL_WEBHOOK_URL !== undefined) {
    targets.set(
      'paypal',
      paypalTarget(SIMULATOR_PAYPAL_WEBHOOK_URL, signedWith('PAYPAL_WEBHOOK_IDS'), signer),
    );
  }
  if (SIMULATOR_RAZORPAY_WEBHOOK_URL !== undefined) {
    targets.set(
      'razorpay',
      razorpayTarget(SIMULATOR_RAZORPAY_WEBHOOK_URL, signedWith('RAZORPAY_WEBHOOK_SECRETS')),
    );
  }
  return targets;
}
