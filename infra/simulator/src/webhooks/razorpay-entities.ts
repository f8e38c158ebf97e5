export interface RazorpayIds {
  readonly accountId: string;
  readonly orderId: string;
  readonly paymentId: string;
  readonly refundId: string;
  readonly disputeId: string;
}

export type RazorpayEntity = 'payment' | 'order' | 'refund' | 'dispute';

/** What an entity is made of: amounts in sub-units, times in seconds. */
export interface RazorpayFacts extends RazorpayIds {
  readonly type: string;
  readonly status: string;
  readonly created: number;
  readonly amount: number;
  readonly paymentAmount: number;
  readonly currency: string;
  readonly notes: Readonly<Record<string, string>>;
  readonly receipt: string | null;
}

export interface RazorpayEventParts {
  readonly accountId: string;
  readonly type: string;
  /** Seconds of the epoch. */
  readonly created: number;
  readonly entities: readonly (readonly [RazorpayEntity, object])[];
}

/** An event around entities. @see https://razorpay.com/docs/webhooks/payloads/ */
export function razorpayEvent({ accountId, type, created, entities }: RazorpayEventParts) {
  return {
    entity: 'event',
    account_id: accountId,
    event: type,
    contains: entities.map(([name]) => name),
    payload: Object.fromEntries(entities.map(([name, entity]) => [name, { entity }])),
    created_at: created,
  };
}

/** The payment beside a refund, order or dispute was captured; alone it has the status of its event. */
function paymentStatus({ type, status, amount, paymentAmount }: RazorpayFacts): string {
  if (type.startsWith('refund.')) return amount === paymentAmount ? 'refunded' : 'captured';
  return type.startsWith('payment.dispute.') || type === 'order.paid' ? 'captured' : status;
}

/** The entities of Razorpay's API, as answers and events carry them. */
export const RAZORPAY_ENTITIES = {
  payment: (facts: RazorpayFacts) => ({
    id: facts.paymentId,
    entity: 'payment',
    amount: facts.paymentAmount,
    currency: facts.currency,
    status: paymentStatus(facts),
    order_id: facts.orderId,
    invoice_id: null,
    international: false,
    method: 'upi',
    amount_refunded: paymentStatus(facts) === 'refunded' ? facts.amount : 0,
    refund_status: paymentStatus(facts) === 'refunded' ? 'full' : null,
    captured: ['captured', 'refunded'].includes(paymentStatus(facts)),
    description: null,
    email: 'customer@example.com',
    notes: facts.notes,
    error_code: facts.status === 'failed' ? 'BAD_REQUEST_ERROR' : null,
    error_reason: facts.status === 'failed' ? 'payment_failed' : null,
    created_at: facts.created,
  }),
  order: (facts: RazorpayFacts) => ({
    id: facts.orderId,
    entity: 'order',
    amount: facts.amount,
    amount_paid: facts.amount,
    amount_due: 0,
    currency: facts.currency,
    receipt: facts.receipt,
    status: facts.status,
    attempts: 1,
    notes: facts.notes,
    created_at: facts.created,
  }),
  refund: (facts: RazorpayFacts) => ({
    id: facts.refundId,
    entity: 'refund',
    amount: facts.amount,
    currency: facts.currency,
    payment_id: facts.paymentId,
    notes: facts.notes,
    receipt: facts.receipt,
    status: facts.status,
    speed_requested: 'normal',
    speed_processed: 'normal',
    created_at: facts.created,
  }),
  dispute: (facts: RazorpayFacts) => ({
    id: facts.disputeId,
    entity: 'dispute',
    payment_id: facts.paymentId,
    amount: facts.amount,
    currency: facts.currency,
    amount_deducted: facts.status === 'lost' ? facts.amount : 0,
    reason_code: 'goods_not_received',
    phase: 'chargeback',
    status: facts.status,
    created_at: facts.created,
  }),
} as const satisfies Record<RazorpayEntity, (facts: RazorpayFacts) => object>;
