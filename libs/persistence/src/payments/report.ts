import type { Decision, Fact, GatewayProvider, IntentId, IntentRowId, Outcome } from '@payments/domain';
import type { GatewayRequestKey } from '../commands/gateway-requests.js';
import type { OutboxHeaders } from '../outbox/append-outbox.js';

/** A gateway's webhook, a gateway's answer to a command, or a repair. Stored with new transactions. */
export type ReportSource = 'gateway' | 'command' | 'reconciliation';

/** Facts about one payment, from one source; those of a dispute may concern several payments. */
export interface Report {
  readonly source: ReportSource;
  readonly provider: GatewayProvider;
  /** Its gateway ids, the most specific first; those of the facts are added. */
  readonly objectIds: readonly string[];
  /**
   * Our own id of the payment, if the gateway returns it. Used only if no gateway id is known; with `leg`, it is
   * claimed for the leg like a gateway id.
   */
  readonly intentId: IntentId | null;
  readonly facts: readonly Fact[];
  /** Set if the reporter knows the leg: the ids are claimed for it, without any lookup. */
  readonly leg?: KnownLeg;
  /**
   * The request to the gateway that this answers: it is closed, and the amount that an open refund request reserved is
   * released, except for what the facts report. Also set if the gateway did nothing or was never called.
   */
  readonly answers?: GatewayRequestKey;
  /** For the events that result from it. */
  readonly headers?: OutboxHeaders;
}

export interface KnownLeg {
  readonly paymentIntentId: IntentRowId;
  readonly leg: number;
  /** The object that the gateway opened for this leg; if the leg has one already, that stays. */
  readonly gatewayObjectId?: string;
}

/** The result of applying a report. */
export type Verdict = SettledVerdict | UnmatchedVerdict | FailedVerdict;

export interface SettledVerdict {
  readonly status: Outcome;
  readonly paymentIntentId: IntentRowId;
  /** One for each fact, in order; for a dispute over several payments, those of all of them. */
  readonly decisions: readonly Decision[];
}

/** None of its ids belongs to a known payment: it waits until one of them is claimed (`settleWaiting`). */
export interface UnmatchedVerdict {
  readonly status: 'UNMATCHED';
  readonly paymentIntentId: null;
  /** The `object_ids` that its row must have, to be found. */
  readonly waitsFor: readonly string[];
}

/** It can never be applied. None of its facts was, except those of a dispute that concern other payments. */
export interface FailedVerdict {
  readonly status: 'FAILED';
  readonly paymentIntentId: IntentRowId | null;
  readonly error: string;
}
