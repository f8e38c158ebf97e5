import type {
  CaptureMethod,
  Fact,
  GatewayIdempotencyKey,
  GatewayOperation,
  GatewayProvider,
  IntentId,
  Money,
} from '@payments/domain';

/** One call to be made at a gateway. What an operation has no use for is null. */
export interface ClientCall {
  readonly operation: GatewayOperation;
  /** Sent again under the same key, it is the same call; where the gateway has keys. */
  readonly idempotencyKey: GatewayIdempotencyKey;
  /** Our name of the attempt; it travels with the object that it makes, so that it can be found again. */
  readonly attemptId: string;
  readonly intentId: IntentId;
  readonly orderId: string;
  readonly customerId: string;
  /** Of what the operation moves; of a creation, a confirmation and a cancellation the intent's. */
  readonly amount: Money;
  readonly captureMethod: CaptureMethod;
  /** The object that the leg was opened for: payment intent or order. Null only for `create`. */
  readonly gatewayObjectId: string | null;
  /**
   * What is acted on, where that is another object: what holds the money for `capture` and `cancel` (PayPal's
   * authorization, Razorpay's payment), what took it for `refund` (PayPal's capture, Razorpay's payment), and the
   * payment that Razorpay's checkout made for `confirm`.
   */
  readonly targetId: string | null;
  readonly paymentMethodToken: string | null;
  /** Of Razorpay's checkout: the HMAC of order and payment. */
  readonly gatewaySignature: string | null;
  readonly returnUrl: string | null;
  readonly reason: string | null;
  readonly metadata: Readonly<Record<string, string>>;
}

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
  send(call: ClientCall): Promise<GatewayAnswer>;

  /**
   * Asks what became of a call that was sent and whose answer is missing. Only reads.
   *
   * @returns what shows that it was carried out, or was refused for good by facts that say so; null where nothing
   *   shows either
   * @throws GatewayError if the gateway could not be asked
   */
  inquire(call: ClientCall): Promise<GatewayAnswer | null>;

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
