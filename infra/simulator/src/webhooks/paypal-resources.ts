import { decimalOf } from '@payments/domain';
import { gatewayExponent, inGatewayUnits } from '../gateway-amounts.js';

export interface PayPalIds {
  readonly eventId: string;
  readonly orderId: string;
  readonly captureId: string;
  readonly authorizationId: string;
  readonly refundId: string;
  readonly disputeId: string;
  /** v1. */
  readonly parentPaymentId: string;
  readonly saleId: string;
}

export interface PayPalFacts extends PayPalIds {
  readonly status: string;
  /** ISO 8601. */
  readonly time: string;
  /** Minor units. */
  readonly amount: number;
  readonly currency: string;
  readonly customId: string | undefined;
  readonly invoiceId: string | undefined;
  readonly isOfAuthorization: boolean;
  readonly disputeOutcome: string;
}

export type ResourceKind =
  | 'order'
  | 'approval'
  | 'authorization'
  | 'authorization_v1'
  | 'capture'
  | 'capture_v1'
  | 'refund'
  | 'capture_refund_v1'
  | 'sale'
  | 'sale_refund'
  | 'dispute'
  | 'subscription';

const API = 'https://api.paypal.com';

function decimal({ amount, currency }: PayPalFacts): string {
  return decimalOf(BigInt(inGatewayUnits('paypal', amount, currency)), gatewayExponent('paypal', currency));
}

function money(facts: PayPalFacts): { currency_code: string; value: string } {
  return { currency_code: facts.currency, value: decimal(facts) };
}

function link(
  rel: 'self' | 'up' | 'authorization' | 'capture',
  path: string,
): { href: string; rel: string; method: string } {
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

/** v1 writes what it gives back as a negative total. */
function commonV1(facts: PayPalFacts, total: string): object {
  return {
    state: facts.status,
    amount: { total, currency: facts.currency },
    custom: facts.customId,
    parent_payment: facts.parentPaymentId,
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
    supplementary_data: {
      related_ids: {
        order_id: facts.orderId,
        ...(facts.isOfAuthorization ? { authorization_id: facts.authorizationId } : {}),
      },
    },
    links: [
      link('self', `/v2/payments/captures/${facts.captureId}`),
      facts.isOfAuthorization
        ? link('up', `/v2/payments/authorizations/${facts.authorizationId}`)
        : link('up', `/v2/checkout/orders/${facts.orderId}`),
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
  authorization_v1: (facts: PayPalFacts) => ({
    ...commonV1(facts, decimal(facts)),
    id: facts.authorizationId,
    links: [link('self', `/v1/payments/authorization/${facts.authorizationId}`)],
  }),
  capture_v1: (facts: PayPalFacts) => ({
    ...commonV1(facts, decimal(facts)),
    id: facts.captureId,
    is_final_capture: true,
    links: [
      link('self', `/v1/payments/capture/${facts.captureId}`),
      link('authorization', `/v1/payments/authorization/${facts.authorizationId}`),
    ],
  }),
  capture_refund_v1: (facts: PayPalFacts) => ({
    ...commonV1(facts, `-${decimal(facts)}`),
    id: facts.refundId,
    capture_id: facts.captureId,
    links: [
      link('self', `/v1/payments/refund/${facts.refundId}`),
      link('capture', `/v1/payments/capture/${facts.captureId}`),
    ],
  }),
  sale: (facts: PayPalFacts) => ({
    ...commonV1(facts, decimal(facts)),
    id: facts.saleId,
    invoice_number: facts.invoiceId,
  }),
  sale_refund: (facts: PayPalFacts) => ({
    ...commonV1(facts, `-${decimal(facts)}`),
    id: facts.refundId,
    sale_id: facts.saleId,
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
      ? { dispute_outcome: { outcome_code: facts.disputeOutcome, amount_refunded: money(facts) } }
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
