import type { Failure, JsonValue } from './facts.js';
import type { GatewayProvider } from './gateway-provider.js';
import type { IntentId, IntentRowId } from './ids.js';
import { InvalidAmountError, type Money, requirePossibleAmount } from './money.js';
import type { IntentStatus } from './statuses.js';
import { NO_MONEY, type Sums } from './sums.js';
import type { TransactionKey, TransactionState } from './transactions.js';
import type { TimedStatusFact } from './transitions.js';

export const CAPTURE_METHODS = ['automatic', 'manual'] as const;
export type CaptureMethod = (typeof CAPTURE_METHODS)[number];

/** An intent, as far as decisions depend on it. Amounts in minor units of `currency`. */
export interface Intent extends Sums {
  readonly id: IntentRowId;
  readonly intentId: IntentId;
  readonly orderId: string;
  readonly customerId: string;
  readonly status: IntentStatus;
  /** From 1, which its creation makes; each event that it emits makes the next. */
  readonly version: number;
  readonly amount: bigint;
  readonly currency: string;
  readonly captureMethod: CaptureMethod;
  /** When it ends if it is not paid, in milliseconds since the epoch; null: never by itself. */
  readonly expiresAt: number | null;
  readonly currentLeg: number;
  /** Another payment of its order was paid, and neither of them allows another. */
  readonly orderPaidElsewhere: boolean;
  /** Why the last thing failed, while nothing newer happened. */
  readonly lastError: Failure | null;
  /** What the customer has to do, while it is that. */
  readonly nextAction: JsonValue;
}

/** One gateway object opened for an intent. */
export interface Leg {
  /** From 1. */
  readonly leg: number;
  readonly provider: GatewayProvider;
  /** Null until the gateway answered. */
  readonly gatewayObjectId: string | null;
  /** A token of what is charged there came with it; else a confirmation brings one, where the gateway needs it. */
  readonly hasToken: boolean;
  /**
   * The newest status fact that was heard on this leg, but for those of attempts that go on: their transactions
   * tell. An older one is STALE.
   */
  readonly lastStatusFact: TimedStatusFact | null;
}

/** Everything that decisions about one payment depend on: the intent with **all** of its legs and transactions. */
export interface Payment {
  readonly intent: Intent;
  readonly legs: readonly Leg[];
  readonly transactions: ReadonlyMap<TransactionKey, TransactionState>;
}

export interface NewPayment {
  readonly id: IntentRowId;
  readonly intentId: IntentId;
  readonly orderId: string;
  readonly customerId: string;
  readonly provider: GatewayProvider;
  readonly amount: Money;
  readonly captureMethod: CaptureMethod;
  /** False by default: see `Leg`. */
  readonly hasToken?: boolean;
  /** Never by default. */
  readonly expiresAt?: number | null;
}

/**
 * A payment as it is created: version 1, CREATED, one leg that waits for its gateway object.
 *
 * @throws InvalidAmountError if nothing is to be paid, or more than `AMOUNT_MINOR_MAX`
 */
export function newPayment({ provider, amount, hasToken = false, ...rest }: NewPayment): Payment {
  if (amount.amountMinor <= 0n) throw new InvalidAmountError('a payment is of more than nothing');
  requirePossibleAmount('the amount of a payment', amount.amountMinor);
  const intent: Intent = {
    ...rest,
    ...NO_MONEY,
    status: 'CREATED',
    version: 1,
    amount: amount.amountMinor,
    currency: amount.currency,
    expiresAt: rest.expiresAt ?? null,
    currentLeg: 1,
    orderPaidElsewhere: false,
    lastError: null,
    nextAction: null,
  };
  const leg: Leg = { leg: 1, provider, gatewayObjectId: null, hasToken, lastStatusFact: null };
  return { intent, legs: [leg], transactions: new Map() };
}

/**
 * Whether something is known to be part of another gateway object than the one that its leg was opened for: a
 * second order or payment intent that carries our ids. Its money counts; what it says of the status does not.
 */
export function isOfOtherObject(
  { gatewayObjectId }: Leg,
  { objectId, parentId }: { readonly objectId: string; readonly parentId?: string | null },
): boolean {
  if (gatewayObjectId === null || typeof parentId !== 'string') return false;
  return parentId !== gatewayObjectId && objectId !== gatewayObjectId;
}

/** @throws RangeError if the payment has no such leg */
export function legOf({ intent, legs }: Pick<Payment, 'intent' | 'legs'>, number: number): Leg {
  const found = legs.find(({ leg }) => leg === number);
  if (found === undefined) throw new RangeError(`intent ${intent.intentId} has no leg ${number}`);
  return found;
}
