import type { GatewayProvider } from '@payments/domain';
import type { SimulatorClock } from './clock.js';
import type { PlayedCustomer } from './customer/played-customer.js';
import type { WebhookSender } from './delivery/webhook-sender.js';
import type { SimulatorSettings } from './settings.js';

/** What every gateway is made of. */
export interface GatewayParts {
  readonly clock: SimulatorClock;
  readonly settings: SimulatorSettings;
  readonly customer: PlayedCustomer;
  readonly webhooks: WebhookSender;
  /** Payments kept; the oldest are forgotten. */
  readonly paymentsMax: number;
  /** The page on which a customer acts. */
  readonly checkoutUrl: (provider: GatewayProvider, id: string) => string;
}
