import { hash } from 'node:crypto';
import { inGatewayUnits } from '../gateway-amounts.js';
import { razorpayId } from '../gateway-ids.js';
import type { SimulatedWebhook, WebhookOptions } from './simulated-webhook.js';

export interface RazorpayIds {
  readonly accountId: string;
  readonly orderId: string;
  readonly paymentId: string;
  readonly refundId: string;
  readonly disputeId: string;
}

type Entity = 'payment' | 'order' | 'refund' | 'dispute';

/** Event type → the entities it contains, and the status of the first of them. */
const TYPES = {
  'payment.authorized': [['payment'], 'authorized'],
  'payment.captured': [['payment'], 'captured'],
  'payment.failed': [['payment'], 'failed'],
  'order.paid': [['order', 'payment'], 'paid'],
  'refund.created': [['refund', 'payment'], 'pending'],
  'refund.processed': [['refund', 'payment'], 'processed'],
  'refund.failed': [['refund', 'payment'], 'failed'],
  'refund.speed_changed': [['refund', 'payment'], 'processed'],
  'payment.dispute.created': [['dispute', 'payment'], 'open'],
  'payment.dispute.action_required': [['dispute', 'payment'], 'open'],
  'payment.dispute.under_review': [['dispute', 'payment'], 'under_review'],
  'payment.dispute.won': [['dispute', 'payment'], 'won'],
  'payment.dispute.lost': [['dispute', 'payment'], 'lost'],
  'payment.dispute.closed': [['dispute', 'payment'], 'closed'],
} as const satisfies Record<string, readonly [readonly Entity[], string]>;

export type RazorpayWebhookType = keyof typeof TYPES;
export const RAZORPAY_WEBHOOK_TYPES = Object.keys(TYPES) as RazorpayWebhookType[];

export interface RazorpayWebhookOptions extends WebhookOptions, Partial<RazorpayIds> {
  readonly type: RazorpayWebhookType;
  /** Minor units, of the payment beside a refund or dispute; the same as theirs if left out. */
  readonly paymentAmount?: number;
}

interface Facts extends RazorpayIds {
  readonly type: RazorpayWebhookType;
  readonly status: string;
  readonly created: number;
  readonly amount: number;
  readonly paymentAmount: number;
  readonly currency: string;
  readonly notes: Readonly<Record<string, string>>;
  readonly receipt: string | null;
}

/** An event in the shape of https://razorpay.com/docs/webhooks/payloads/. */
export function razorpayWebhook(options: RazorpayWebhookOptions): SimulatedWebhook<RazorpayIds> {
  const { type, random, amount = 49_900, currency = 'INR' } = options;
  const [contains, status] = TYPES[type];
  const ids: RazorpayIds = {
    accountId: options.accountId ?? razorpayId('acc', random),
    orderId: options.orderId ?? razorpayId('order', random),
    paymentId: options.paymentId ?? razorpayId('pay', random),
    refundId: options.refundId ?? razorpayId('rfnd', random),
    disputeId: options.disputeId ?? razorpayId('disp', random),
  };
  const facts: Facts = {
    ...ids,
    type,
    status: options.status ?? status,
    created: Math.floor((options.atMs ?? Date.now()) / 1000),
    amount: inGatewayUnits('razorpay', amount, currency),
    paymentAmount: inGatewayUnits('razorpay', options.paymentAmount ?? amount, currency),
    currency,
    notes: options.intentId === undefined ? {} : { intentId: options.intentId },
    receipt: options.orderReference ?? options.intentId ?? null,
  };
  const event = {
    entity: 'event',
    account_id: ids.accountId,
    event: type,
    contains,
    payload: Object.fromEntries(contains.map((name) => [name, { entity: ENTITIES[name](facts) }])),
    created_at: facts.created,
  };
  const body = Buffer.from(JSON.stringify(event));
  return { provider: 'razorpay', webhookId: `razorpay:${hash('sha256', body)}`, eventType: type, ids, body };
}

/** The payment beside a refund, order or dispute was captured; alone it has the status of its event. */
function paymentStatus({ type, status, amount, paymentAmount }: Facts): string {
  if (type.startsWith('refund.')) return amount === paymentAmount ? 'refunded' : 'captured';
  return type.startsWith('payment.dispute.') || type === 'order.paid' ? 'captured' : status;
}

const ENTITIES = {
  payment: (facts: Facts) => ({
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
  order: (facts: Facts) => ({
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
  refund: (facts: Facts) => ({
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
  dispute: (facts: Facts) => ({
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
} as const satisfies Record<Entity, (facts: Facts) => object>;
