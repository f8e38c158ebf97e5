import type { GatewayProvider } from './gateway-provider.js';
import type { CommandId } from './ids.js';
import type { Money } from './money.js';
import type { TransactionStatus, TransactionType } from './statuses.js';
import type { StatusFact } from './transitions.js';

/** Data of a gateway that is handed on as it came: what the customer has to do next. */
export type JsonValue =
  | string
  | number
  | boolean
  | null
  | readonly JsonValue[]
  | { readonly [key: string]: JsonValue };

/** Why a gateway did not do something, in its own words; free of card data. */
export interface Failure {
  readonly code: string;
  readonly message: string | null;
}

/** What every fact says about itself. */
interface FactOrigin {
  readonly provider: GatewayProvider;
  /**
   * The object that the fact is about; of a fact that moves money, the key of its transaction (`domain.md`:
   * at Stripe a PAYMENT is keyed by the payment intent, at PayPal by the capture, at Razorpay by the payment).
   */
  readonly objectId: string;
  /** Every gateway id named beside it (order, charge, authorization …), so that each can be resolved later. */
  readonly relatedIds: readonly string[];
  /**
   * The object that this one is part of, where the gateway says so. Of a refund or dispute the payment (as its
   * PAYMENT is keyed); of everything else the object that a leg is opened for: Stripe's payment intent (which so
   * is its own), PayPal's and Razorpay's order.
   */
  readonly parentId?: string;
  /** The gateway's own time, in milliseconds since the epoch; of a fetch or an answer the time of the response. */
  readonly occurredAt: number;
}

interface MoneyFactOrigin extends FactOrigin {
  readonly amount: Money;
  /** Another id of the same thing, only noted: Stripe's charge under a payment intent. */
  readonly reference?: string;
}

export const REFUND_STATES = ['pending', 'succeeded', 'failed', 'canceled'] as const;
export type RefundState = (typeof REFUND_STATES)[number];

/** `closed`: ended without a verdict and without taking money, as an inquiry does. */
export const DISPUTE_STATES = ['opened', 'under_review', 'won', 'lost', 'closed'] as const;
export type DisputeState = (typeof DISPUTE_STATES)[number];

/** Money that the gateway took for good: proved by its object, not announced. */
export interface Captured extends MoneyFactOrigin {
  readonly kind: 'captured';
}

/** Money held for us until captured or voided. */
export interface Authorized extends MoneyFactOrigin {
  readonly kind: 'authorized';
}

/** An authorization given back; `objectId` is that authorization's. Where nothing was held, it is `canceled`. */
export interface Voided extends MoneyFactOrigin {
  readonly kind: 'voided';
}

export interface RefundFact extends MoneyFactOrigin {
  readonly kind: 'refund';
  readonly state: RefundState;
  /** Our attempt that asked for it, as we told the gateway: absent from what somebody gave back without us. */
  readonly attemptId?: string;
  readonly failure?: Failure;
}

export interface DisputeFact extends MoneyFactOrigin {
  readonly kind: 'dispute';
  readonly state: DisputeState;
}

/** What is under way or failed, where it has an object of its own (PayPal's capture, Razorpay's payment). */
export interface PaymentAttempt {
  /** PAYMENT by default; AUTHORIZATION if it only is to hold money. */
  readonly type?: Extract<TransactionType, 'PAYMENT' | 'AUTHORIZATION'>;
  readonly objectId: string;
  readonly amount: Money;
}

export interface Processing extends FactOrigin {
  readonly kind: 'processing';
  readonly payment?: PaymentAttempt;
}

export interface Failed extends FactOrigin {
  readonly kind: 'failed';
  /** The gateway lets the customer try again on the same object: Stripe always, Razorpay within an order. */
  readonly retryable: boolean;
  readonly failure: Failure;
  readonly payment?: PaymentAttempt;
  /** Of a retryable one: where the customer tries again (PayPal's approval page), if the gateway says so. */
  readonly nextAction?: JsonValue;
}

export interface RequiresAction extends FactOrigin {
  readonly kind: 'requires_action';
  /** Where to send the customer; null when the gateway did not say. */
  readonly nextAction: JsonValue;
}

export interface RequiresPaymentMethod extends FactOrigin {
  readonly kind: 'requires_payment_method';
  /** What the gateway's own checkout is opened with (Razorpay's), where the customer pays there. */
  readonly nextAction?: JsonValue;
}

/** `approved`: the customer agreed, and the gateway waits for our capture or authorization (PayPal). */
export interface PlainStatusFact extends FactOrigin {
  readonly kind: 'requires_confirmation' | 'approved' | 'canceled';
}

/**
 * What a gateway says happened, in words that all gateways share. Webhooks, answers to commands, fetches and
 * repairs all become facts. An event that only announces (Stripe's charge.refunded) becomes none.
 */
export type Fact =
  | Captured
  | Authorized
  | Voided
  | RefundFact
  | DisputeFact
  | Processing
  | Failed
  | RequiresAction
  | RequiresPaymentMethod
  | PlainStatusFact;
export type FactKind = Fact['kind'];

/** A fact and the leg that its ids resolved to; of a refund the command that asked for it, where that is known. */
export type FactOnLeg = Fact & { readonly leg: number; readonly commandId?: CommandId };

export function onLeg(fact: Fact, leg: number, commandId?: CommandId): FactOnLeg {
  return commandId === undefined ? { ...fact, leg } : { ...fact, leg, commandId };
}

/** A kind of fact, with the state that tells its kinds apart where it has one. */
export const FACT_NAMES = [
  'requires_payment_method',
  'requires_confirmation',
  'requires_action',
  'approved',
  'processing',
  'failed_retryable',
  'failed',
  'canceled',
  'authorized',
  'voided',
  'captured',
  'refund_pending',
  'refund_succeeded',
  'refund_failed',
  'refund_canceled',
  'dispute_opened',
  'dispute_under_review',
  'dispute_won',
  'dispute_lost',
  'dispute_closed',
] as const;
export type FactName = (typeof FACT_NAMES)[number];

/**
 * What a fact writes, and what it says about the status. `ifNamed`: only where the fact names the attempt's own
 * object, and of the type that it names.
 */
interface FactEffect {
  readonly transaction: readonly [TransactionType, TransactionStatus] | null;
  readonly ifNamed?: true;
  readonly status: StatusFact | null;
}

/** The effect of every fact. A dispute is a transaction that takes money: lost is SUCCEEDED, won is FAILED. */
export const FACT_EFFECTS = {
  requires_payment_method: { transaction: null, status: 'requires_payment_method' },
  requires_confirmation: { transaction: null, status: 'requires_confirmation' },
  requires_action: { transaction: null, status: 'requires_action' },
  approved: { transaction: null, status: 'approved' },
  processing: { transaction: ['PAYMENT', 'PENDING'], ifNamed: true, status: 'processing' },
  failed_retryable: { transaction: ['PAYMENT', 'FAILED'], ifNamed: true, status: 'failed_retryable' },
  failed: { transaction: ['PAYMENT', 'FAILED'], ifNamed: true, status: 'failed' },
  canceled: { transaction: null, status: 'canceled' },
  authorized: { transaction: ['AUTHORIZATION', 'SUCCEEDED'], status: 'authorized' },
  voided: { transaction: ['VOID', 'SUCCEEDED'], status: 'canceled' },
  captured: { transaction: ['PAYMENT', 'SUCCEEDED'], status: 'captured' },
  refund_pending: { transaction: ['REFUND', 'PENDING'], status: null },
  refund_succeeded: { transaction: ['REFUND', 'SUCCEEDED'], status: null },
  refund_failed: { transaction: ['REFUND', 'FAILED'], status: null },
  refund_canceled: { transaction: ['REFUND', 'CANCELED'], status: null },
  dispute_opened: { transaction: ['DISPUTE', 'PENDING'], status: null },
  dispute_under_review: { transaction: ['DISPUTE', 'PENDING'], status: null },
  dispute_won: { transaction: ['DISPUTE', 'FAILED'], status: null },
  dispute_lost: { transaction: ['DISPUTE', 'SUCCEEDED'], status: null },
  dispute_closed: { transaction: ['DISPUTE', 'CANCELED'], status: null },
} as const satisfies Record<FactName, FactEffect>;

export function factName(fact: Fact): FactName {
  switch (fact.kind) {
    case 'refund':
      return `refund_${fact.state}`;
    case 'dispute':
      return `dispute_${fact.state}`;
    case 'failed':
      return fact.retryable ? 'failed_retryable' : 'failed';
    default:
      return fact.kind;
  }
}
