import { BoundedMap } from '../bounded-map.js';

/** Amounts are in sub-units; times are seconds of the epoch. */
export interface RazorpayRefund {
  readonly id: string;
  readonly createdS: number;
  readonly amount: number;
  readonly notes: Readonly<Record<string, string>>;
  readonly receipt: string | null;
  readonly speed: 'normal' | 'optimum';
  /** True: given back because nobody captured it. */
  readonly isRelease: boolean;
  status: 'pending' | 'processed';
}

export interface RazorpayPayment {
  readonly id: string;
  readonly createdS: number;
  readonly amount: number;
  status: 'authorized' | 'captured' | 'refunded' | 'failed';
  isCaptured: boolean;
  /** Why it failed. */
  readonly declineReason: string | undefined;
  /** Keeps an authorized payment from being given back when its time is over. */
  cancelExpiry: (() => void) | undefined;
  readonly refunds: RazorpayRefund[];
}

export interface RazorpayOrder {
  readonly id: string;
  readonly createdS: number;
  readonly amount: number;
  readonly currency: string;
  readonly receipt: string | null;
  readonly notes: Readonly<Record<string, string>>;
  readonly isCapturedAtOnce: boolean;
  /** Of the account that made the order: what its checkout is signed with. */
  readonly keySecret: string;
  status: 'created' | 'attempted' | 'paid';
  readonly payments: RazorpayPayment[];
}

/** Everything that Razorpay remembers, the oldest orders forgotten first. */
export class RazorpayState {
  readonly orders: BoundedMap<string, RazorpayOrder>;
  readonly #owners = new Map<string, RazorpayOrder>();

  constructor(ordersMax: number) {
    this.orders = new BoundedMap(ordersMax, (order) => this.#forget(order));
  }

  addPayment(order: RazorpayOrder, payment: RazorpayPayment): void {
    order.payments.push(payment);
    this.#owners.set(payment.id, order);
  }

  addRefund(order: RazorpayOrder, payment: RazorpayPayment, refund: RazorpayRefund): void {
    payment.refunds.push(refund);
    this.#owners.set(refund.id, order);
  }

  /** The order that a payment or refund belongs to. */
  ownerOf(id: string): RazorpayOrder | undefined {
    return this.#owners.get(id);
  }

  clear(): void {
    this.orders.clear();
    this.#owners.clear();
  }

  #forget({ payments }: RazorpayOrder): void {
    for (const { id, refunds, cancelExpiry } of payments) {
      cancelExpiry?.();
      this.#owners.delete(id);
      for (const refund of refunds) this.#owners.delete(refund.id);
    }
  }
}

export function amountRefunded({ refunds }: RazorpayPayment): number {
  return refunds.reduce((sum, { amount }) => sum + amount, 0);
}

/** The payment whose money is held or was captured: an order has one at most. */
export function livePayment({ payments }: RazorpayOrder): RazorpayPayment | undefined {
  return payments.find(({ status, isCaptured }) => status === 'authorized' || isCaptured);
}
