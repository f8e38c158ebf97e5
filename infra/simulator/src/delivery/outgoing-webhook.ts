import type { GatewayProvider } from '@payments/domain';
import type { WebhookHeaders } from '../webhook-headers.js';

/** An event on its way. */
export interface OutgoingWebhook {
  readonly provider: GatewayProvider;
  /** The gateway's event id. */
  readonly id: string;
  readonly type: string;
  readonly body: Buffer;
}

/** Where a gateway sends its events. */
export interface WebhookTarget {
  readonly url: string;
  /** The headers of one attempt; PayPal keeps those of the first. @param firstSentAtMs milliseconds of the epoch */
  sign(webhook: OutgoingWebhook, firstSentAtMs: number): WebhookHeaders;
}

const DELIVERY_STATES = ['waiting', 'delivered', 'given_up', 'dropped', 'no_target'] as const;
export type DeliveryState = (typeof DELIVERY_STATES)[number];

/** What became of an event, for whoever asks the control API. */
export interface DeliveryRecord {
  readonly id: string;
  readonly provider: GatewayProvider;
  readonly type: string;
  readonly copies: number;
  readonly attempts: number;
  readonly state: DeliveryState;
  /** Of the last attempt: HTTP status, or why there was none. */
  readonly lastResult: number | string | null;
}
