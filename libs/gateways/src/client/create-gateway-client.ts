import type { GatewayProvider } from '@payments/domain';
import { createStripeClient } from '../stripe/client.js';
import type { GatewayClientSettings } from './client-settings.js';
import type { GatewayClient } from './gateway-client.js';

type SettingsOf<Provider extends GatewayProvider> = Extract<
  GatewayClientSettings,
  { readonly provider: Provider }
>;

const CLIENTS = {
  stripe: createStripeClient,
} as const satisfies { [Provider in GatewayProvider]?: (settings: SettingsOf<Provider>) => GatewayClient };

type ClientProvider = keyof typeof CLIENTS;

/** The client of one gateway. It holds no connection open that would keep a process alive. */
export function createGatewayClient(settings: SettingsOf<ClientProvider>): GatewayClient {
  return CLIENTS[settings.provider](settings);
}
