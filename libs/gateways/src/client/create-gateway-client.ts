import { createPayPalClient } from '../paypal/client.js';
import { createRazorpayClient } from '../razorpay/client.js';
import { createStripeClient } from '../stripe/client.js';
import type { GatewayClientSettings } from './client-settings.js';
import type { GatewayClient } from './gateway-client.js';

/** The client of one gateway. Its connections do not keep a process alive. */
export function createGatewayClient(settings: GatewayClientSettings): GatewayClient {
  switch (settings.provider) {
    case 'stripe':
      return createStripeClient(settings);
    case 'paypal':
      return createPayPalClient(settings);
    case 'razorpay':
      return createRazorpayClient(settings);
  }
}
