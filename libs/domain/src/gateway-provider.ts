/** The gateways that the pipeline speaks to, by the name used in URLs, topics and tables. */
export const GATEWAY_PROVIDERS = ['stripe', 'paypal', 'razorpay'] as const;

export type GatewayProvider = (typeof GATEWAY_PROVIDERS)[number];

export function isGatewayProvider(value: unknown): value is GatewayProvider {
  return (GATEWAY_PROVIDERS as readonly unknown[]).includes(value);
}
