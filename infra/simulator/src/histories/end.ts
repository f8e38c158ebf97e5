import type { GatewayProvider, IntentStatus, Sums } from '@payments/domain';
import type { PaymentOutcome } from './outcomes.js';

/** What has to be known of a payment once all of its webhooks were heard, in whatever order. Minor units. */
export interface PaymentEnd extends Sums {
  readonly status: IntentStatus;
}

/** Shares of the amount, in hundredths. */
interface End {
  readonly status: IntentStatus;
  readonly authorized?: number;
  readonly captured?: number;
  readonly refunded?: readonly number[];
  readonly refundPending?: number;
  readonly disputed?: number;
}

const PAID = { status: 'SUCCEEDED', captured: 100 } as const;

/** Written beside the steps and not from them, so that the one can be held against the other. */
const ENDS = {
  pending: { status: 'PROCESSING' },
  captured: PAID,
  'action-then-captured': PAID,
  authorized: { status: 'REQUIRES_CAPTURE', authorized: 100 },
  'authorized-then-captured': { ...PAID, authorized: 100 },
  'authorized-then-partly-captured': { status: 'SUCCEEDED', authorized: 100, captured: 60 },
  failed: { status: 'REQUIRES_PAYMENT_METHOD' },
  'failed-then-captured': PAID,
  canceled: { status: 'CANCELED' },
  voided: { status: 'CANCELED' },
  'captured-then-refunded': { ...PAID, refunded: [100] },
  'partially-refunded': { ...PAID, refunded: [30, 20] },
  'refund-pending': { ...PAID, refundPending: 50 },
  'refund-failed': PAID,
  'disputed-won': PAID,
  'disputed-lost': { ...PAID, disputed: 100 },
  'dispute-closed': PAID,
} as const satisfies Record<PaymentOutcome, End>;

/** @param partOf minor units of so many hundredths of the amount, as the history says them */
export function paymentEnd(
  provider: GatewayProvider,
  outcome: PaymentOutcome,
  partOf: (share: number) => number,
): PaymentEnd {
  const end: End = ENDS[outcome];
  const amount = (share = 0) => BigInt(share === 0 ? 0 : partOf(share));
  // Where the others let the customer try again, PayPal denies the capture for good.
  const status = provider === 'paypal' && outcome === 'failed' ? 'FAILED' : end.status;
  return {
    status,
    amountAuthorized: amount(end.authorized),
    amountCaptured: amount(end.captured),
    amountRefunded: (end.refunded ?? []).reduce((sum, share) => sum + amount(share), 0n),
    amountRefundPending: amount(end.refundPending),
    amountDisputed: amount(end.disputed),
  };
}
