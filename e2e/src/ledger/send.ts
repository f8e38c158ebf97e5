import { setTimeout as delay } from 'node:timers/promises';
import type { Pipeline } from '../testing/pipeline.js';
import type { LedgerWebhook } from './deliveries.js';

/** Gateways know many connections; a local ingress is kept busy by a few dozen. */
const CONNECTIONS = 48;
/** A minute: longer than a local Kafka is ever busy with itself. */
const TRIES_MAX = 300;
const RETRY_MS = 200;

/** What was sent so far. */
export interface Sent {
  acknowledged: number;
  /** Deliveries that got no 200 and were sent again. */
  repeated: number;
  /** Nothing more is sent, nor created. */
  finished: boolean;
}

/** Delivers as gateways do: each until it is acknowledged. @throws Error if one is refused or never taken */
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
