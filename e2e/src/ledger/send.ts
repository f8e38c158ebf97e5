import { setTimeout as delay } from 'node:timers/promises';
import type { Pipeline } from '../testing/pipeline.js';
import type { LedgerWebhook } from './deliveries.js';

/** A few dozen connections keep a local ingress busy. */
const CONNECTIONS = 48;
/** With the delays a minute: longer than a local Kafka is ever unavailable. */
const TRIES_MAX = 300;
const RETRY_MS = 200;

/** Counts of deliveries. */
export interface Sent {
  acknowledged: number;
  /** Deliveries that got no 200 and were sent again. */
  repeated: number;
  /** All webhooks are sent, and all payments created. */
  finished: boolean;
}

/** Delivers as gateways do: each webhook until it is acknowledged. @throws Error if one is refused or never is */
export async function sendAll(
  pipeline: Pipeline,
  deliveries: Iterator<LedgerWebhook>,
  sent: Sent,
): Promise<void> {
  const client = async (): Promise<void> => {
    for (let next = deliveries.next(); !next.done; next = deliveries.next()) {
      await deliver(pipeline, next.value, sent);
      sent.acknowledged += 1;
    }
  };
  await Promise.all(Array.from({ length: CONNECTIONS }, client));
}

async function deliver(pipeline: Pipeline, webhook: LedgerWebhook, sent: Sent): Promise<void> {
  let why = '';
  for (let tries = 0; tries < TRIES_MAX; tries += 1) {
    if (tries > 0) {
      sent.repeated += 1;
      await delay(RETRY_MS);
    }
    try {
      const { status, body } = await pipeline.post(webhook.provider, webhook.body);
      if (status === 200) return;
      why = `${status} ${body.title ?? ''}`;
      if (status !== 503) break;
    } catch (error) {
      why = String(error);
    }
  }
  throw new Error(`${webhook.webhookId} was not acknowledged: ${why}`);
}
