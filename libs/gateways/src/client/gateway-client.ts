import type { Fact, GatewayOperation, GatewayProvider, IntentId, PlannedCall } from '@payments/domain';

/** A gateway's answer about a payment, as the same facts that a webhook would yield. */
export interface GatewayAnswer {
  /** The payment intent or order concerned. */
  readonly gatewayObjectId: string;
  /** All other gateway ids in the answer. */
  readonly objectIds: readonly string[];
  /** Our own id of the payment, if the answer contains it. */
  readonly intentId?: IntentId;
  /** With `parentId` as in webhooks; facts without a time of their own get the time of the response. */
  readonly facts: readonly Fact[];
}

/**
 * One gateway, as its worker sees it. Nothing is retried here: that is up to the caller, which knows whether a call
 * was provably not executed. Every method ends within the client's time-out.
 */
export interface GatewayClient {
  readonly provider: GatewayProvider;

  /**
   * Makes a call, once.
   *
   * @throws GatewayError with what is known about it; UNKNOWN_OUTCOME and IDEMPOTENCY_CONFLICT mean that it may have
   * been executed
   */
  send(call: PlannedCall): Promise<GatewayAnswer>;

  /**
   * Inquires about a call without an answer. Read-only.
   *
   * @returns an answer that proves that it was executed, or rejected for good; null if nothing proves either
   * @throws GatewayError if the inquiry failed
   */
  inquire(call: PlannedCall): Promise<GatewayAnswer | null>;

  /**
   * Fetches a payment intent or order, with all its transactions.
   *
   * @param objectId may also be that of a capture, authorization, refund or payment
   * @returns null if the gateway knows no such object
   * @throws GatewayError if the request failed
   */
  fetch(objectId: string): Promise<GatewayAnswer | null>;

  /**
   * Milliseconds from its first sending within which a call can be repeated under its key without being executed
   * twice; 0 where the gateway documents no such key.
   */
  keyLifetimeMs(operation: GatewayOperation): number;
}
