import { hash } from 'node:crypto';
import { inGatewayUnits } from '../gateway-amounts.js';
import { razorpayId } from '../gateway-ids.js';
import {
  RAZORPAY_ENTITIES,
  type RazorpayEntity,
  type RazorpayFacts,
  type RazorpayIds,
  razorpayEvent,
} from './razorpay-entities.js';
import type { SimulatedWebhook, WebhookOptions } from './simulated-webhook.js';

export type { RazorpayIds };

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
} as const satisfies Record<string, readonly [readonly RazorpayEntity[], string]>;

export type RazorpayWebhookType = keyof typeof TYPES;
export const RAZORPAY_WEBHOOK_TYPES = Object.keys(TYPES) as RazorpayWebhookType[];

export interface RazorpayWebhookOptions extends WebhookOptions, Partial<RazorpayIds> {
  readonly type: RazorpayWebhookType;
  /** Minor units, of the payment beside a refund or dispute; the same as theirs if left out. */
  readonly paymentAmount?: number;
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
  const facts: RazorpayFacts = {
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
  const event = razorpayEvent({
    accountId: ids.accountId,
    type,
    created: facts.created,
    entities: contains.map((name) => [name, RAZORPAY_ENTITIES[name](facts)]),
  });
  const body = Buffer.from(JSON.stringify(event));
  return { provider: 'razorpay', webhookId: `razorpay:${hash('sha256', body)}`, eventType: type, ids, body };
}
