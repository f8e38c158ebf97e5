import { FACT_NAMES, type Failure, type JsonValue } from './facts.js';
import type { CommandId, IntentId } from './ids.js';
import type { Money } from './money.js';
import type { Intent, Leg } from './payment.js';
import type { IntentStatus } from './statuses.js';
import type { Sums } from './sums.js';
import type { TransactionState } from './transactions.js';

/** What becomes of a fact. The webhook that brought it takes the strongest of its facts' outcomes as its status. */
export const OUTCOMES = ['PROCESSED', 'STALE', 'IGNORED'] as const;
export type Outcome = (typeof OUTCOMES)[number];

/**
 * Why an outcome is what it is. Beside PROCESSED the last six say why a fact only recorded its transaction
 * and left the status alone.
 */
export const DECISION_REASONS = {
  NO_CHANGE: 'Everything it says was already recorded.',
  WAITS_FOR_CAPTURE: 'A refund that no capture covers yet: recorded, and counted once its capture is known.',
  OLDER_THAN_LAST: "A newer status fact, by the gateway's own time, was already applied on this leg.",
  OTHER_LEG: 'It concerns the status of a leg that is not the current one.',
  OTHER_OBJECT: 'It concerns a gateway object other than the one that its leg was opened for.',
  OTHER_OBJECT_LIVE:
    'Another attempt on the same leg has its money in progress or held; until that ends, this one changes nothing.',
  AFTER_SUCCESS: 'The payment has succeeded, which is final.',
  INTENT_ENDED: 'The payment was canceled, failed or expired, and is not reopened.',
} as const;
export type DecisionReason = keyof typeof DECISION_REASONS;

/** What a person has to look at. */
export const ALERTS = {
  DUPLICATE_CHARGE:
    'A second capture for one intent. It is recorded and counted; one of them has to be refunded.',
  ORDER_PAID_TWICE:
    'Another payment of the same order is paid, and neither allows another: one of them has to be refunded.',
  REFUND_EXCEEDS_CAPTURE:
    'Refunds exceed what was captured. The rows record them in full; the sums count them up to the captures.',
  AMOUNT_MISMATCH:
    'A capture or authorization of an amount other than the one requested, or reported with two amounts.',
  CURRENCY_MISMATCH: "Money in a currency other than the intent's. The row is kept; no sum counts it.",
  UNEXPECTED_AUTHORIZATION:
    'Money is held for a payment that has ended, for an abandoned leg or for a stray object: void it.',
} as const;
export type AlertCode = keyof typeof ALERTS;

export interface Alert {
  readonly code: AlertCode;
  readonly leg: number;
  readonly objectId: string;
  readonly amount: Money;
}

/**
 * What an event of an intent is named after: the fact that made it, or `late_success` for a capture after the
 * payment had ended, or `transaction_recorded` for a fact that wrote its row and left the status alone. Commands
 * make `created`, `expired` and, as a gateway's word does, `canceled`. Calls to gateways that provably came to
 * nothing make `call_failed` (the status stays, `lastError` says why), `failed_over` (it goes on at another gateway)
 * and, where the payment leads nowhere without them, `failed`. A payment that has ended is `canceled` once more, in
 * the status that it ended in, when its gateway has done what it refused at first.
 */
export const INTENT_EVENT_TYPES = [
  ...FACT_NAMES,
  'late_success',
  'transaction_recorded',
  'created',
  'expired',
  'call_failed',
  'failed_over',
] as const;
export type IntentEventType = (typeof INTENT_EVENT_TYPES)[number];

/** What others are told: one change of an intent, and the intent after it. Amounts in minor units. */
export interface PaymentIntentEvent extends Sums {
  readonly type: IntentEventType;
  /** The version that this event makes: the one before it plus one. */
  readonly version: number;
  readonly intentId: IntentId;
  readonly orderId: string;
  readonly customerId: string;
  readonly status: IntentStatus;
  readonly previousStatus: IntentStatus;
  readonly amount: bigint;
  readonly currency: string;
  readonly currentLeg: number;
  /** The gateway's time of the fact, else when the command was decided; milliseconds since the epoch. */
  readonly occurredAt: number;
  readonly transaction: TransactionState | null;
  readonly lastError: Failure | null;
  readonly nextAction: JsonValue;
  readonly alerts: readonly AlertCode[];
  /**
   * The command that made the change, whose call at a gateway came to nothing, or that asked for the refund; null for
   * whatever else a gateway reports.
   */
  readonly commandId: CommandId | null;
}

/** What to write. Fields that stay are absent. */
export interface Changes {
  readonly intent?: IntentChange;
  readonly leg?: Leg;
  readonly transaction?: TransactionChange;
}

export type IntentChange = Partial<
  Pick<Intent, 'status' | 'version' | 'currentLeg' | 'lastError' | 'nextAction' | keyof Sums>
>;

export interface TransactionChange {
  readonly action: 'insert' | 'update';
  readonly transaction: TransactionState;
}

/**
 * What one fact does to one payment.
 *
 * A decision makes one event and one version if it changes what others can see of the intent or its
 * transactions, and none if it only moves a leg's or transaction's time forward. Versions so count facts that
 * mattered and not commits: a batch that is cut in two, or applied again one by one, makes the same events
 * with the same versions, and a reader sees no gap.
 */
export interface Decision {
  readonly outcome: Outcome;
  readonly reason: DecisionReason | null;
  readonly changes: Changes;
  readonly event: PaymentIntentEvent | null;
  readonly alerts: readonly Alert[];
  /** The leg that was current until a capture on another one took its place: its gateway object is to be canceled. */
  readonly abandonedLeg: number | null;
}
