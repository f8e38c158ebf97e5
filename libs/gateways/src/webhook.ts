import type { IncomingHttpHeaders } from 'node:http';
import type { Fact, GatewayProvider, IntentId } from '@payments/domain';

export interface WebhookRequest {
  /** As node:http gives them: names in lower case. */
  readonly headers: IncomingHttpHeaders;
  /** The bytes as they came: signatures cover bytes, not parsed JSON. */
  readonly body: Buffer;
  /** When the request arrived, in milliseconds of the epoch. */
  readonly receivedAt: number;
}

/** What an authentic webhook is called: enough to dedupe, route and publish it. */
export interface VerifiedWebhook {
  readonly provider: GatewayProvider;
  /** `stripe:{event.id}`, `paypal:{event.id}`, `razorpay:{sha256 of the body, hex}`; at most 255 characters. */
  readonly webhookId: string;
  readonly eventType: string;
  /** Kafka key: one for all events of a payment (docs/adr/0015), else the event's id. Never prefixed. */
  readonly key: string;
  /** The gateway's own time of the event; null where the body has none that can be read. */
  readonly eventTime: Date | null;
}

/** Throws (or rejects with) WebhookError and nothing else, whatever the bytes are. */
export interface WebhookVerifier {
  verify(request: WebhookRequest): VerifiedWebhook | Promise<VerifiedWebhook>;
}

/** A verifier that never has to wait, as Stripe's and Razorpay's: the hot path stays free of promises. */
export interface SyncWebhookVerifier extends WebhookVerifier {
  verify(request: WebhookRequest): VerifiedWebhook;
}

/**
 * What an event's name announces, the same words for every gateway: coarse enough for a metric's label. What
 * happened is in the facts, which follow the entity's own status. `approved` is the customer's consent (the
 * money can now be captured); `refund_announced` only hints at refund objects that come by themselves.
 */
export const EFFECT_NAMES = [
  'created',
  'authorized',
  'approved',
  'captured',
  'processing',
  'requires_action',
  'failed',
  'canceled',
  'refund',
  'refund_announced',
  'dispute',
] as const;

export type EffectName = (typeof EFFECT_NAMES)[number];

/** One row of a provider's table of events: the effect that the name announces, the entity whose status decides. */
export interface EventRow<Entity extends string> {
  readonly effect: EffectName;
  /** Null: the event only announces, and makes no fact. */
  readonly entity: Entity | null;
}

/** What a worker stores of a webhook, and what it says happened. */
export interface WebhookReading {
  readonly eventType: string;
  readonly key: string;
  readonly eventTime: Date | null;
  /** Every gateway id that the event names (payment, charge, order, capture, refund, dispute …), deduplicated. */
  readonly objectIds: readonly string[];
  /** Undefined: a type that is not in the provider's table. The webhook is recorded as IGNORED. */
  readonly effect: EffectName | undefined;
  readonly facts: readonly Fact[];
  /** Our own id of the payment, where the body carries it back to us. */
  readonly intentId: IntentId | undefined;
  /**
   * Whether believing it leaves us thinking that we hold more money, or owe less: a capture, a hold, a refund
   * that came back, a dispute that ended well. What a forger would want; PayPal's are fetched before they count.
   */
  readonly raisesMoney: boolean;
}
