import type { PayPalIds } from './paypal.js';

export interface PayPalFacts extends PayPalIds {
  readonly status: string;
  /** ISO 8601. */
  readonly time: string;
  /** Minor units. */
  readonly amount: number;
  readonly currency: string;
  readonly customId: string | undefined;
  readonly invoiceId: string | undefined;
}

export type ResourceKind =
  | 'order'
  | 'approval'
  | 'authorization'
  | 'capture'
  | 'refund'
  | 'sale'
  | 'sale_refund'
  | 'dispute'
  | 'subscription';

const API = 'https://api.paypal.com';

/** PayPal takes these without decimals; every other currency with two. */
const WITHOUT_DECIMALS: ReadonlySet<string> = new Set(['HUF', 'JPY', 'TWD']);

function decimal({ amount, currency }: PayPalFacts): string {
  if (WITHOUT_DECIMALS.has(currency)) return String(amount);
  const digits = String(amount).padStart(3, '0');
  return `${digits.slice(0, -2)}.${digits.slice(-2)}`;
}

function money(facts: PayPalFacts): { currency_code: string; value: string } {
  return { currency_code: facts.currency, value: decimal(facts) };
}

function link(rel: 'self' | 'up', path: string): { href: string; rel: string; method: string } {
  return { href: `${API}${path}`, rel, method: 'GET' };
}

/** Fields without a value are left out by JSON.stringify, as PayPal leaves them out. */
function common(facts: PayPalFacts): object {
  return {
    status: facts.status,
    custom_id: facts.customId,
    invoice_id: facts.invoiceId,
    create_time: facts.time,
    update_time: facts.time,
  };
}

function purchaseUnits(facts: PayPalFacts): object[] {
  return [
    {
      reference_id: 'default',
      amount: money(facts),
      custom_id: facts.customId,
      invoice_id: facts.invoiceId,
      payee: { merchant_id: 'SIMULATEDMERCHANT' },
    },
  ];
}

/** The resource of an event, by kind: v2, but for sales and disputes, which are v1. */
export const RESOURCES = {
  order: (facts: PayPalFacts) => ({
    id: facts.orderId,
    intent: 'CAPTURE',
    status: facts.status,
    purchase_units: purchaseUnits(facts),
    create_time: facts.time,
    update_time: facts.time,
    links: [link('self', `/v2/checkout/orders/${facts.orderId}`)],
  }),
  approval: (facts: PayPalFacts) => ({
    order_id: facts.orderId,
    purchase_units: purchaseUnits(facts),
    create_time: facts.time,
  }),
  authorization: (facts: PayPalFacts) => ({
    ...common(facts),
    id: facts.authorizationId,
    amount: money(facts),
    supplementary_data: { related_ids: { order_id: facts.orderId } },
    links: [
      link('self', `/v2/payments/authorizations/${facts.authorizationId}`),
      link('up', `/v2/checkout/orders/${facts.orderId}`),
    ],
  }),
  capture: (facts: PayPalFacts) => ({
    ...common(facts),
    id: facts.captureId,
    amount: money(facts),
    final_capture: true,
    supplementary_data: { related_ids: { order_id: facts.orderId } },
    links: [
      link('self', `/v2/payments/captures/${facts.captureId}`),
      link('up', `/v2/checkout/orders/${facts.orderId}`),
    ],
  }),
  refund: (facts: PayPalFacts) => ({
    ...common(facts),
    id: facts.refundId,
    amount: money(facts),
    links: [
      link('self', `/v2/payments/refunds/${facts.refundId}`),
      link('up', `/v2/payments/captures/${facts.captureId}`),
    ],
  }),
  sale: (facts: PayPalFacts) => ({
    id: facts.saleId,
    state: facts.status,
    amount: { total: decimal(facts), currency: facts.currency },
    custom: facts.customId,
    invoice_number: facts.invoiceId,
    parent_payment: facts.parentPaymentId,
    create_time: facts.time,
    update_time: facts.time,
  }),
  sale_refund: (facts: PayPalFacts) => ({
    id: facts.refundId,
    state: facts.status,
    sale_id: facts.saleId,
    amount: { total: `-${decimal(facts)}`, currency: facts.currency },
    custom: facts.customId,
    parent_payment: facts.parentPaymentId,
    create_time: facts.time,
    update_time: facts.time,
  }),
  dispute: (facts: PayPalFacts) => ({
    dispute_id: facts.disputeId,
    disputed_transactions: [
      { seller_transaction_id: facts.captureId, custom: facts.customId, invoice_number: facts.invoiceId },
    ],
    reason: 'MERCHANDISE_OR_SERVICE_NOT_RECEIVED',
    status: facts.status,
    dispute_amount: money(facts),
    ...(facts.status === 'RESOLVED'
      ? { dispute_outcome: { outcome_code: 'RESOLVED_SELLER_FAVOUR', amount_refunded: money(facts) } }
      : {}),
    create_time: facts.time,
    update_time: facts.time,
  }),
  subscription: (facts: PayPalFacts) => ({
    id: `I-${facts.saleId.slice(0, 12)}`,
    status: facts.status,
    create_time: facts.time,
  }),
} as const satisfies Record<ResourceKind, (facts: PayPalFacts) => object>;
