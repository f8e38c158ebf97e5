import { createPayPalClient } from '../paypal/client.js';
import { createStripeClient } from '../stripe/client.js';
import type { GatewayClientSettings } from './client-settings.js';
import type { GatewayClient } from './gateway-client.js';

/** The client of one gateway. It holds no connection open that would keep a process alive. */
export function createGatewayClient(
  settings: Exclude<GatewayClientSettings, { readonly provider: 'razorpay' }>,
): GatewayClient {
  switch (settings.provider) {
    case 'stripe':
      return createStripeClient(settings);
    case 'paypal':
      return createPayPalClient(settings);
  }
}
