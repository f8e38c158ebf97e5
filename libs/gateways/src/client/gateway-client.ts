import type { Fact, GatewayOperation, GatewayProvider, IntentId, PlannedCall } from '@payments/domain';

/** What a gateway told of a payment: as facts, as a webhook of the same would. */
export interface GatewayAnswer {
  /** The payment intent or order that it is about. */
  readonly gatewayObjectId: string;
  /** Every other gateway id that it names. */
  readonly objectIds: readonly string[];
  /** Our own id of the payment, where a read brings it back. */
  readonly intentId?: IntentId;
  /** With `parentId` set as in webhooks, and the time of the response where the gateway gives none of its own. */
  readonly facts: readonly Fact[];
}

/**
 * One gateway, as its worker sees it. Nothing is retried here: one place does that, and it knows whether a call
 * provably did not happen. Every method ends within the time-out that the client was made with.
 */
export interface GatewayClient {
  readonly provider: GatewayProvider;

  /**
   * Makes a call, once.
   *
   * @throws GatewayError with what is known of it; UNKNOWN_OUTCOME and IDEMPOTENCY_CONFLICT mean that it may have
   *   happened
   */
  send(call: PlannedCall): Promise<GatewayAnswer>;

  /**
   * Asks what became of a call that was sent and whose answer is missing. Only reads.
   *
   * @returns what shows that it was carried out, or was refused for good by facts that say so; null where nothing
   *   shows either
   * @throws GatewayError if the gateway could not be asked
   */
  inquire(call: PlannedCall): Promise<GatewayAnswer | null>;

  /**
   * A payment intent or order, with everything under it that moves money.
   *
   * @param objectId also of a capture, authorization, refund or payment
   * @returns null if the gateway knows no such object
   * @throws GatewayError if the gateway could not be asked
   */
  fetch(objectId: string): Promise<GatewayAnswer | null>;

  /**
   * How long, in milliseconds from its first sending, a call may be sent again under its key without happening
   * twice; 0 where the gateway documents no such key for it.
   */
  keyLifetimeMs(operation: GatewayOperation): number;
}
