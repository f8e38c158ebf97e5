import type { SimulatorClock } from '../clock.js';
import type { PlayedCustomer } from '../customer/played-customer.js';
import type { SimulatorSettings } from '../settings.js';
import type { ObjectLinks } from './objects.js';
import type { StripeParams } from './params.js';
import type { StripeState } from './state.js';

/** What Stripe's operations work on. */
export interface StripeWorld {
  readonly clock: SimulatorClock;
  readonly settings: SimulatorSettings;
  readonly state: StripeState;
  readonly customer: PlayedCustomer;
  readonly links: ObjectLinks;
  /** Whether the webhook took the event. */
  isDelivered(eventId: string): boolean;
  /** Records an event and sends it to the webhook. */
  publish(type: string, object: object): void;
}

export interface StripeRequest {
  readonly params: StripeParams;
  /** Of the path: `id`. */
  readonly path: Readonly<Record<string, string>>;
  /** The reason to decline with; undefined: as the payment method says. */
  readonly decline: string | undefined;
}

/** The object to answer 200 with. @throws Refusal */
export type StripeHandler = (request: StripeRequest, world: StripeWorld) => object;
