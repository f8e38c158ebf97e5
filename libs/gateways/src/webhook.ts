import type { IncomingHttpHeaders } from 'node:http';
import type { Fact, GatewayProvider, IntentId } from '@payments/domain';

export interface WebhookRequest {
  /** As node:http gives them: names in lower case. */
  readonly headers: IncomingHttpHeaders;
  /** The bytes as they came: signatures cover bytes, not parsed JSON. */
  readonly body: Buffer;
  /** When the request arrived, in milliseconds since the epoch. */
  readonly receivedAt: number;
}

/** Identity of an authentic webhook: enough to deduplicate, route and publish it. */
export interface VerifiedWebhook {
  readonly provider: GatewayProvider;
  /** `stripe:{event.id}`, `paypal:{event.id}`, `razorpay:{sha256 of the body, hex}`; at most 255 characters. */
  readonly webhookId: string;
  readonly eventType: string;
  /** Kafka key: the same for all events of a payment (docs/adr/0015), else the event's id. Has no provider prefix. */
  readonly key: string;
  /** The gateway's own time of the event; null where the body has none that can be read. */
  readonly eventTime: Date | null;
}

/** Throws (or rejects with) WebhookError and nothing else, whatever the bytes are. */
export interface WebhookVerifier {
  verify(request: WebhookRequest): VerifiedWebhook | Promise<VerifiedWebhook>;
}

/** A verifier that does no I/O (Stripe's, Razorpay's), so that the hot path needs no promise. */
export interface SyncWebhookVerifier extends WebhookVerifier {
  verify(request: WebhookRequest): VerifiedWebhook;
}

/**
 * What an event's type announces, in one vocabulary for all gateways; used as a metric label. What really happened
 * is in the facts, which follow the entity's own status. `approved`: the customer consented, so that the money can
 * be captured. `refund_announced`: the refund objects themselves arrive in events of their own.
 */
export type EffectName =
  | 'created'
  | 'authorized'
  | 'approved'
  | 'captured'
  | 'processing'
  | 'requires_action'
  | 'failed'
  | 'canceled'
  | 'refund'
  | 'refund_announced'
  | 'dispute';

/** A row of a provider's event table: the announced effect, and the entity whose status says what happened. */
export interface EventRow<Entity extends string> {
  readonly effect: EffectName;
  /** Null: the event yields no fact. */
  readonly entity: Entity | null;
}

/** What is read from a webhook's body: its metadata and the facts that it reports. */
export interface WebhookReading {
  readonly eventType: string;
  readonly key: string;
  readonly eventTime: Date | null;
  /** Every gateway id that the event names (payment, charge, order, capture, refund, dispute …), deduplicated. */
  readonly objectIds: readonly string[];
  /** Undefined for a type that is not in the provider's table: the webhook is recorded as IGNORED. */
  readonly effect: EffectName | undefined;
  readonly facts: readonly Fact[];
  /** Our own id of the payment, if the body contains it. */
  readonly intentId: IntentId | undefined;
  /**
   * Whether the facts make the ledger show more money held or less owed: a capture, an authorization, a failed
   * refund, a dispute that was won. A forged webhook would aim for this, so PayPal's are applied only after the
   * resource was fetched from PayPal.
   */
  readonly raisesMoney: boolean;
}
