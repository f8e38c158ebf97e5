import type { GatewayProvider } from '@payments/domain';
import type { Random } from '../random.js';

/** A webhook body, unsigned, and what the pipeline will call it. */
export interface SimulatedWebhook<Ids> {
  readonly provider: GatewayProvider;
  /** As in `payment_webhooks`: `stripe:evt_…`, `paypal:WH-…`, `razorpay:{sha256}`. */
  readonly webhookId: string;
  readonly eventType: string;
  readonly ids: Ids;
  readonly body: Buffer;
}

/** What every builder takes; whatever is left out is made up. */
export interface WebhookOptions {
  /** When it happened, milliseconds of the epoch. */
  readonly atMs?: number;
  /** ISO 4217 minor units; written in the gateway's own. */
  readonly amount?: number;
  /** ISO 4217, in capitals. */
  readonly currency?: string;
  /** Our own id of the payment, put where the gateway carries it back to us. */
  readonly intentId?: string;
  readonly orderReference?: string;
  /** In place of the status that the event type suggests. */
  readonly status?: string;
  /** Where made-up ids come from: give a seeded one for ids that come again. */
  readonly random?: Random | undefined;
}
