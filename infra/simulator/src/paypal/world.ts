import type { Answer } from '../api/call.js';
import type { JsonFields } from '../api/json-fields.js';
import type { SimulatorClock } from '../clock.js';
import type { PlayedCustomer } from '../customer/played-customer.js';
import type { SimulatorSettings } from '../settings.js';
import type { ResourceKind } from '../webhooks/paypal-resources.js';
import type { PayPalState } from './state.js';

/** What PayPal's operations work on. */
export interface PayPalWorld {
  readonly clock: SimulatorClock;
  readonly settings: SimulatorSettings;
  readonly state: PayPalState;
  readonly customer: PlayedCustomer;
  /** Where the payer approves an order. */
  readonly approvalUrl: (orderId: string) => string;
  /** Sends an event to the webhook. */
  publish(type: string, kind: ResourceKind, resource: object): void;
}

export interface PayPalRequest {
  readonly body: JsonFields;
  readonly query: URLSearchParams;
  /** Of the path: `id`. */
  readonly path: Readonly<Record<string, string>>;
  /** The issue to decline with; undefined: the payer has money. */
  readonly decline: string | undefined;
  /** True: `Prefer: return=representation`. */
  readonly wantsAll: boolean;
}

/** @throws Refusal */
export type PayPalHandler = (request: PayPalRequest, world: PayPalWorld) => Answer;
