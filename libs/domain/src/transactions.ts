import type { Branded } from './brand.js';
import { FACT_EFFECTS, type FactOnLeg, type Failure, factName, type PaymentAttempt } from './facts.js';
import type { GatewayProvider } from './gateway-provider.js';
import type { Money } from './money.js';
import type { TransactionStatus, TransactionType } from './statuses.js';

/** What makes a transaction one: (provider, type, gateway object id), however often and by whom it is reported. */
export type TransactionKey = Branded<string, 'TransactionKey'>;

/** One movement of money, as last reported. */
export interface TransactionState {
  readonly provider: GatewayProvider;
  readonly type: TransactionType;
  readonly objectId: string;
  readonly leg: number;
  readonly status: TransactionStatus;
  readonly amount: Money;
  /** The gateway's time of the report that this state is from, in milliseconds since the epoch. */
  readonly occurredAt: number;
  readonly reference: string | null;
  /** The object that it is part of, as far as a gateway said so: see `Fact`. */
  readonly parentId: string | null;
  readonly failure: Failure | null;
}

export function transactionKeyOf({
  provider,
  type,
  objectId,
}: Pick<TransactionState, 'provider' | 'type' | 'objectId'>): TransactionKey {
  return `${provider} ${type} ${objectId}` as TransactionKey;
}

/** A gateway's object, whatever transactions it makes. */
export function objectKeyOf({ provider, objectId }: Pick<TransactionState, 'provider' | 'objectId'>): string {
  return `${provider} ${objectId}`;
}

/**
 * Whether a transaction is an attempt to pay inside the object that its leg was opened for (PayPal's captures and
 * authorizations, Razorpay's payments), and not that object itself (Stripe's payment intent).
 */
export function isAttempt({ type, parentId, objectId }: TransactionState): boolean {
  return type !== 'REFUND' && type !== 'DISPUTE' && parentId !== objectId;
}

/** The transaction that a fact reports; null if it only speaks of the status. */
export function reportedTransaction(fact: FactOnLeg): TransactionState | null {
  const { transaction } = FACT_EFFECTS[factName(fact)];
  const moved = movedBy(fact);
  if (transaction === null || moved === null) return null;
  const [type, status] = transaction;
  return {
    provider: fact.provider,
    type: ('type' in moved && moved.type) || type,
    objectId: moved.objectId,
    leg: fact.leg,
    status,
    amount: moved.amount,
    occurredAt: fact.occurredAt,
    reference: ('reference' in fact && fact.reference) || null,
    parentId: fact.parentId ?? null,
    failure: ('failure' in fact && fact.failure) || null,
  };
}

function movedBy(fact: FactOnLeg): PaymentAttempt | { objectId: string; amount: Money } | null {
  if ('amount' in fact) return fact;
  return ('payment' in fact && fact.payment) || null;
}

/**
 * How far along its life a status is. A later stage always wins over an earlier one, whatever the clocks say,
 * and is never left for it: a refund that failed after it succeeded (Stripe's `refund.failed`) has failed, a
 * payment that was captured after a failed try is captured. Within one stage the newest report wins.
 */
const STAGES = {
  PAYMENT: { PENDING: 0, FAILED: 0, CANCELED: 0, SUCCEEDED: 1 },
  AUTHORIZATION: { PENDING: 0, SUCCEEDED: 1, FAILED: 2, CANCELED: 2 },
  REFUND: { PENDING: 0, SUCCEEDED: 1, FAILED: 2, CANCELED: 2 },
  VOID: { PENDING: 0, FAILED: 0, CANCELED: 0, SUCCEEDED: 1 },
  DISPUTE: { PENDING: 0, SUCCEEDED: 1, FAILED: 1, CANCELED: 1 },
} as const satisfies Record<TransactionType, Record<TransactionStatus, number>>;

/** Two reports of one stage and one second: the one that costs us more is believed. */
const AT_ONE_TIME = {
  PENDING: 0,
  CANCELED: 1,
  FAILED: 2,
  SUCCEEDED: 3,
} as const satisfies Record<TransactionStatus, number>;

/**
 * The total order on reports of one transaction; positive if `left` holds. By stage, then time, then status,
 * then amount and currency: keeping the largest makes any order and repetition of reports end the same.
 */
export function compareReports(left: TransactionState, right: TransactionState): number {
  const stage = STAGES[left.type][left.status] - STAGES[right.type][right.status];
  if (stage !== 0) return stage;
  if (left.occurredAt !== right.occurredAt) return left.occurredAt - right.occurredAt;
  const status = AT_ONE_TIME[left.status] - AT_ONE_TIME[right.status];
  if (status !== 0) return status;
  if (left.amount.amountMinor !== right.amount.amountMinor) {
    return left.amount.amountMinor > right.amount.amountMinor ? 1 : -1;
  }
  if (left.amount.currency === right.amount.currency) return 0;
  return left.amount.currency > right.amount.currency ? 1 : -1;
}

/** Whether two reports say the same, but for when they say it. */
export function saysTheSame(left: TransactionState, right: TransactionState): boolean {
  return (
    left.status === right.status &&
    left.amount.amountMinor === right.amount.amountMinor &&
    left.amount.currency === right.amount.currency
  );
}
