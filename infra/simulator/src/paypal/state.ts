import { PaymentStore } from '../payment-store.js';

/** Amounts are ISO 4217 minor units; times are milliseconds of the epoch. */
export interface PayPalAuthorization {
  readonly id: string;
  readonly createdMs: number;
  updatedMs: number;
  readonly amount: number;
  status: 'CREATED' | 'PARTIALLY_CAPTURED' | 'CAPTURED' | 'VOIDED';
}

export interface PayPalCapture {
  readonly id: string;
  readonly authorizationId: string | undefined;
  readonly createdMs: number;
  updatedMs: number;
  readonly amount: number;
  readonly isFinal: boolean;
  readonly invoiceId: string | undefined;
  status: 'PENDING' | 'COMPLETED' | 'PARTIALLY_REFUNDED' | 'REFUNDED';
}

export interface PayPalRefund {
  readonly id: string;
  readonly captureId: string;
  readonly createdMs: number;
  readonly amount: number;
  readonly customId: string | undefined;
  readonly invoiceId: string | undefined;
}

export interface PayPalOrder {
  readonly id: string;
  readonly createdMs: number;
  updatedMs: number;
  readonly intent: 'CAPTURE' | 'AUTHORIZE';
  readonly amount: number;
  readonly currency: string;
  readonly referenceId: string;
  readonly description: string | undefined;
  readonly customId: string | undefined;
  readonly invoiceId: string | undefined;
  readonly returnUrl: string | undefined;
  /** True: the order names how it will be paid, so that PayPal calls the approval an action of the payer. */
  readonly hasPaymentSource: boolean;
  status: 'CREATED' | 'PAYER_ACTION_REQUIRED' | 'APPROVED' | 'COMPLETED';
  readonly authorizations: PayPalAuthorization[];
  readonly captures: PayPalCapture[];
  readonly refunds: PayPalRefund[];
}

/** Everything that PayPal remembers. */
export class PayPalState {
  readonly orders: PaymentStore<PayPalOrder>;

  constructor(ordersMax: number) {
    this.orders = new PaymentStore(ordersMax, ({ authorizations, captures, refunds }) => [
      ...authorizations,
      ...captures,
      ...refunds,
    ]);
  }

  addAuthorization(order: PayPalOrder, authorization: PayPalAuthorization): void {
    order.authorizations.push(authorization);
    this.orders.own(order, authorization);
  }

  addCapture(order: PayPalOrder, capture: PayPalCapture): void {
    order.captures.push(capture);
    this.orders.own(order, capture);
  }

  addRefund(order: PayPalOrder, refund: PayPalRefund): void {
    order.refunds.push(refund);
    this.orders.own(order, refund);
  }

  clear(): void {
    this.orders.clear();
  }
}

export function amountCaptured({ captures }: PayPalOrder): number {
  return captures.reduce((sum, { amount }) => sum + amount, 0);
}

export function amountRefunded({ refunds }: PayPalOrder, captureId: string): number {
  return refunds
    .filter((refund) => refund.captureId === captureId)
    .reduce((sum, { amount }) => sum + amount, 0);
}
