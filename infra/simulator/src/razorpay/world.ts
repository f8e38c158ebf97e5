import type { JsonFields } from '../api/json-fields.js';
import type { SimulatorClock } from '../clock.js';
import type { PlayedCustomer } from '../customer/played-customer.js';
import type { SimulatorSettings } from '../settings.js';
import type { RazorpayEntity } from '../webhooks/razorpay-entities.js';
import type { RazorpayState } from './state.js';

/** What Razorpay's operations work on. */
export interface RazorpayWorld {
  readonly clock: SimulatorClock;
  readonly settings: SimulatorSettings;
  readonly state: RazorpayState;
  readonly customer: PlayedCustomer;
  /** Sends an event to the webhook. */
  publish(type: string, entities: readonly (readonly [RazorpayEntity, object])[]): void;
}

export interface RazorpayRequest {
  readonly body: JsonFields;
  readonly query: URLSearchParams;
  /** Of the path: `id`. */
  readonly path: Readonly<Record<string, string>>;
  /** Of the credentials that the request came with. */
  readonly keySecret: string;
}

/** The entity to answer 200 with. @throws Refusal */
export type RazorpayHandler = (request: RazorpayRequest, world: RazorpayWorld) => object;
