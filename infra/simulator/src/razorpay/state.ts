import { PaymentStore } from '../payment-store.js';

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

/** Everything that Razorpay remembers. */
export class RazorpayState {
  readonly orders: PaymentStore<RazorpayOrder>;

  constructor(ordersMax: number) {
    this.orders = new PaymentStore(
      ordersMax,
      ({ payments }) => payments.flatMap((payment) => [payment, ...payment.refunds]),
      ({ payments }) => {
        for (const { cancelExpiry } of payments) cancelExpiry?.();
      },
    );
  }

  addPayment(order: RazorpayOrder, payment: RazorpayPayment): void {
    order.payments.push(payment);
    this.orders.own(order, payment);
  }

  addRefund(order: RazorpayOrder, payment: RazorpayPayment, refund: RazorpayRefund): void {
    payment.refunds.push(refund);
    this.orders.own(order, refund);
  }

  clear(): void {
    this.orders.clear();
  }
}

export function amountRefunded({ refunds }: RazorpayPayment): number {
  return refunds.reduce((sum, { amount }) => sum + amount, 0);
}

/** The payment whose money is held or was captured: an order has one at most. */
export function livePayment({ payments }: RazorpayOrder): RazorpayPayment | undefined {
  return payments.find(({ status, isCaptured }) => status === 'authorized' || isCaptured);
}
