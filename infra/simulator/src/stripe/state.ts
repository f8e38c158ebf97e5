import { BoundedMap } from '../bounded-map.js';
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

/** Everything that Stripe remembers, the oldest payments forgotten first. */
export class StripeState {
  readonly payments: BoundedMap<string, StripePayment>;
  readonly events: BoundedMap<string, StripeEvent>;
  readonly #owners = new Map<string, StripePayment>();

  constructor({ paymentsMax, eventsMax }: StripeLimits) {
    this.payments = new BoundedMap(paymentsMax, (payment) => this.#forget(payment));
    this.events = new BoundedMap(eventsMax);
  }

  addCharge(payment: StripePayment, charge: StripeCharge): void {
    payment.charges.push(charge);
    this.#owners.set(charge.id, payment);
  }

  addRefund(payment: StripePayment, refund: StripeRefund): void {
    payment.refunds.push(refund);
    this.#owners.set(refund.id, payment);
  }

  /** The payment that a charge or refund belongs to. */
  ownerOf(id: string): StripePayment | undefined {
    return this.#owners.get(id);
  }

  clear(): void {
    this.payments.clear();
    this.events.clear();
    this.#owners.clear();
  }

  #forget(payment: StripePayment): void {
    for (const { id } of [...payment.charges, ...payment.refunds]) this.#owners.delete(id);
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
