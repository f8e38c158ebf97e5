/** The gateways that the pipeline speaks to, by the name used in URLs, topics and tables. */
export const GATEWAY_PROVIDERS = ['stripe', 'paypal', 'razorpay'] as const;

export type GatewayProvider = (typeof GATEWAY_PROVIDERS)[number];

/**
 * Whether a confirmation brings the token of what is charged (Stripe). At the others the customer says so to the
 * gateway: PayPal's approves the order, Razorpay's pays at its checkout.
 */
export function confirmsWithToken(provider: GatewayProvider): boolean {
  return provider === 'stripe';
}

export function isGatewayProvider(value: unknown): value is GatewayProvider {
  return (GATEWAY_PROVIDERS as readonly unknown[]).includes(value);
}
