import type { Decision, Fact, GatewayProvider, IntentId, IntentRowId, Outcome } from '@payments/domain';
import type { GatewayRequestKey } from '../commands/gateway-requests.js';

/** Who tells: a gateway's webhook, a gateway's answer to a command, or a repair. Kept on new transactions. */
export type ReportSource = 'gateway' | 'command' | 'reconciliation';

/** What somebody tells of one payment, in facts; a dispute may be over captures of several. */
export interface Report {
  readonly source: ReportSource;
  readonly provider: GatewayProvider;
  /** Every gateway id that is named, the most specific first; those of the facts are added. */
  readonly objectIds: readonly string[];
  /** Our own name for the payment, where the gateway hands it back; asked only if no id is known. With `leg`: becomes an id of it. */
  readonly intentId: IntentId | null;
  readonly facts: readonly Fact[];
  /** Given by who opened the leg: the ids then become its ids, and nothing is looked up. */
  readonly leg?: KnownLeg;
  /**
   * The request to the gateway that this answers: it is open no longer, and what a refund kept is free again but for
   * what the facts say. Also where the gateway did nothing, or was never asked.
   */
  readonly answers?: GatewayRequestKey;
}

export interface KnownLeg {
  readonly paymentIntentId: IntentRowId;
  readonly leg: number;
  /** The object that the gateway opened for this leg, kept as the leg's own; the first one stays. */
  readonly gatewayObjectId?: string;
}

/** What became of a report. */
export type Verdict = SettledVerdict | UnmatchedVerdict | FailedVerdict;

export interface SettledVerdict {
  readonly status: Outcome;
  readonly paymentIntentId: IntentRowId;
  /** One for each fact, in order. Of a dispute over several payments: of all of them. */
  readonly decisions: readonly Decision[];
}

/** No payment is known by any of its ids: it waits until one of them is claimed (`settleWaiting`). */
export interface UnmatchedVerdict {
  readonly status: 'UNMATCHED';
  readonly paymentIntentId: null;
  /** What its row has to list as `object_ids`, to be found. */
  readonly waitsFor: readonly string[];
}

/** It can never be applied; none of its facts were, but for those of a dispute that are of other payments. */
export interface FailedVerdict {
  readonly status: 'FAILED';
  readonly paymentIntentId: IntentRowId | null;
  readonly error: string;
}
