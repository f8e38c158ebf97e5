import type { GatewayProvider } from '@payments/domain';
import { DAY_MS, HOUR_MS } from '../time-units.js';

const MINUTE_MS = 60_000;

/** From a minute to eight hours and a half: 17 hours together. */
const DOUBLED_MS = Array.from({ length: 10 }, (_, attempt) => MINUTE_MS * 2 ** attempt);

export interface RetrySchedule {
  /** How long the gateway waits for a 2xx. */
  readonly timeoutMs: number;
  /** Milliseconds from each attempt that failed to the next; then it gives up. */
  readonly delaysMs: readonly number[];
  /** True: an event that was given up disables the webhook. */
  readonly isDisabledAtTheEnd: boolean;
}

/**
 * As far as the gateways document them: Stripe tries for three days with growing delays, PayPal up to 25 times in
 * three days, Razorpay for 24 hours, waiting 5 seconds each time, and then disables the webhook. The delays
 * in between are not published; these are.
 * Sources: https://docs.stripe.com/webhooks, https://developer.paypal.com/api/rest/webhooks/,
 * https://razorpay.com/docs/webhooks/
 */
export const RETRY_SCHEDULES: Readonly<Record<GatewayProvider, RetrySchedule>> = {
  stripe: {
    timeoutMs: 20_000,
    delaysMs: [
      5 * MINUTE_MS,
      30 * MINUTE_MS,
      2 * HOUR_MS,
      5 * HOUR_MS,
      10 * HOUR_MS,
      ...Array<number>(4).fill(12 * HOUR_MS),
    ],
    isDisabledAtTheEnd: false,
  },
  paypal: {
    timeoutMs: 30_000,
    delaysMs: Array<number>(24).fill((3 * DAY_MS) / 24),
    isDisabledAtTheEnd: false,
  },
  razorpay: {
    timeoutMs: 5000,
    delaysMs: [...DOUBLED_MS, DAY_MS - DOUBLED_MS.reduce((sum, delayMs) => sum + delayMs, 0)],
    isDisabledAtTheEnd: true,
  },
};
