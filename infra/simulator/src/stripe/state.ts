import { BoundedMap } from '../bounded-map.js';
import { PaymentStore } from '../payment-store.js';
import type { StripeDecline } from './payment-methods.js';

/** Amounts are in the sub-units that Stripe counts in; times are seconds of the epoch. */
export interface StripeCharge {
  readonly id: string;
  readonly created: number;
  readonly amount: number;
  amountCaptured: number;
  /** `held`: authorized and not captured; `released`: given back uncaptured. */
  state: 'held' | 'captured' | 'released' | 'failed';
  readonly decline: StripeDecline | undefined;
}

export interface StripeRefund {
  readonly id: string;
  readonly chargeId: string;
  readonly created: number;
  readonly amount: number;
  readonly reason: string | null;
  readonly metadata: Readonly<Record<string, string>>;
  /** True: lets held money go that a capture left over. */
  readonly isRelease: boolean;
  status: 'pending' | 'succeeded' | 'failed';
}

export type StripeStatus =
  | 'requires_payment_method'
  | 'requires_confirmation'
  | 'requires_action'
  | 'processing'
  | 'requires_capture'
  | 'succeeded'
  | 'canceled';

/** A payment intent with all that belongs to it. */
export interface StripePayment {
  readonly id: string;
  readonly created: number;
  readonly createdMs: number;
  readonly amount: number;
  /** ISO 4217, in capitals. */
  readonly currency: string;
  readonly captureMethod: 'automatic' | 'manual';
  readonly metadata: Readonly<Record<string, string>>;
  readonly description: string | null;
  readonly customer: string | null;
  status: StripeStatus;
  paymentMethod: string | undefined;
  returnUrl: string | undefined;
  lastDecline: StripeDecline | undefined;
  canceledAt: number | undefined;
  cancellationReason: string | undefined;
  readonly charges: StripeCharge[];
  readonly refunds: StripeRefund[];
}

/** An event as it was sent. */
export interface StripeEvent {
  readonly id: string;
  readonly type: string;
  readonly created: number;
}

export interface StripeLimits {
  readonly paymentsMax: number;
  readonly eventsMax: number;
}

/** Everything that Stripe remembers. */
export class StripeState {
  readonly payments: PaymentStore<StripePayment>;
  readonly events: BoundedMap<string, StripeEvent>;

  constructor({ paymentsMax, eventsMax }: StripeLimits) {
    this.payments = new PaymentStore(paymentsMax, ({ charges, refunds }) => [...charges, ...refunds]);
    this.events = new BoundedMap(eventsMax);
  }

  addCharge(payment: StripePayment, charge: StripeCharge): void {
    payment.charges.push(charge);
    this.payments.own(payment, charge);
  }

  addRefund(payment: StripePayment, refund: StripeRefund): void {
    payment.refunds.push(refund);
    this.payments.own(payment, refund);
  }

  clear(): void {
    this.payments.clear();
    this.events.clear();
  }
}

/** The charge that holds or held money, else the last that failed. */
export function latestCharge({ charges }: StripePayment): StripeCharge | undefined {
  return charges.at(-1);
}

/** The charge whose money can be captured or refunded. */
export function liveCharge({ charges }: StripePayment): StripeCharge | undefined {
  return charges.find(({ state }) => state === 'held' || state === 'captured');
}

/** What was given back of a charge, or is about to be; releases are none. */
export function amountRefunded({ refunds }: StripePayment): number {
  return refunds
    .filter(({ isRelease, status }) => !isRelease && status !== 'failed')
    .reduce((sum, { amount }) => sum + amount, 0);
}
