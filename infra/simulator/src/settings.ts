import { DAY_MS, HOUR_MS } from './time-units.js';

/** What can be changed while the simulator runs. Durations are milliseconds of the simulator's clock. */
export interface SimulatorSettings {
  /** Whether customers act by themselves, or only when they are told to. */
  customerMode: 'auto' | 'manual';
  /** Until a customer approves, pays or authenticates. */
  customerDelayMs: number;
  /** Until a bank debit, a pending refund and the like are decided. */
  settlementDelayMs: number;
  /** How long Stripe keeps an answer for its `Idempotency-Key`. */
  stripeKeyLifetimeMs: number;
  /** Until Stripe's search finds what was written. */
  stripeSearchLagMs: number;
  /** How long PayPal keeps a `PayPal-Request-Id` of an order. */
  paypalOrderKeyLifetimeMs: number;
  /** How long PayPal keeps a `PayPal-Request-Id` of an authorization, capture or refund. */
  paypalPaymentKeyLifetimeMs: number;
  /** Until PayPal's transaction search shows a transaction. */
  paypalReportingLagMs: number;
  /** How long Razorpay keeps an `X-Refund-Idempotency`; its documents do not say. */
  razorpayRefundKeyLifetimeMs: number;
  /** After which Razorpay gives an authorized payment back that nobody captured. */
  razorpayAuthorizationLifetimeMs: number;
  /** How many times faster than the gateways' schedules webhooks are sent again. */
  webhookTimeFactor: number;
}

export const STANDARD_SETTINGS: Readonly<SimulatorSettings> = {
  customerMode: 'auto',
  customerDelayMs: 500,
  settlementDelayMs: 1000,
  stripeKeyLifetimeMs: DAY_MS,
  stripeSearchLagMs: 60_000,
  paypalOrderKeyLifetimeMs: 6 * HOUR_MS,
  paypalPaymentKeyLifetimeMs: 45 * DAY_MS,
  paypalReportingLagMs: 3 * HOUR_MS,
  razorpayRefundKeyLifetimeMs: DAY_MS,
  razorpayAuthorizationLifetimeMs: 5 * DAY_MS,
  webhookTimeFactor: 1,
};
