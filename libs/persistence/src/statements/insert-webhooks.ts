import { type GatewayProvider, uuidv7, type WebhookStatus } from '@payments/domain';
import type { EntityManager } from 'typeorm';
import { arrayLiteral } from './array-literal.js';

/** Where a webhook was read from. */
export interface KafkaPosition {
  readonly topic: string;
  readonly partition: number;
  readonly offset: bigint;
}

/** A webhook as first written: the narrow row and its sealed body. */
export interface WebhookRow {
  readonly webhookId: string;
  readonly provider: GatewayProvider;
  readonly eventType: string;
  readonly source: 'gateway' | 'reconciliation';
  readonly status: WebhookStatus;
  readonly receivedAt: Date;
  /** The gateway's own time of the event. */
  readonly eventTime: Date | null;
  /** Every gateway id in the event, at most 32. */
  readonly objectIds: readonly string[];
  /** Of the payment it belongs to, once that is known: the internal id. */
  readonly paymentIntentId?: string | null;
  readonly sealedBody: Buffer;
  readonly kafka: KafkaPosition;
  /** Why it is FAILED. */
  readonly error?: string | null;
}

// One statement, one round trip: the body is written for exactly the rows that were new. All bodies travel as
// one binary parameter, because an array of them would travel as hexadecimal text, twice as long.
const SQL = `
WITH input AS (
  SELECT * FROM unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::float8[],
    $8::float8[], $9::text[], $10::uuid[], $11::text[], $12::text[], $13::int[], $14::bigint[], $15::int[],
    $16::int[])
  AS row (id, webhook_id, gateway_provider, event_type, source, status, received_ms,
    event_ms, object_ids, payment_intent_id, error, kafka_topic, kafka_partition, kafka_offset, body_start,
    body_length)
), inserted AS (
  INSERT INTO payment_webhooks (id, webhook_id, gateway_provider, event_type, source, status, received_at,
    event_time, object_ids, payment_intent_id, error, kafka_topic, kafka_partition, kafka_offset, processed_at)
  SELECT id, webhook_id, gateway_provider, event_type, source, status, to_timestamp(received_ms / 1000),
    to_timestamp(event_ms / 1000), object_ids::text[], payment_intent_id, error, kafka_topic, kafka_partition,
    kafka_offset, CASE WHEN status IN ('PROCESSED', 'IGNORED', 'STALE') THEN clock_timestamp() END
  FROM input
  ON CONFLICT (webhook_id) DO UPDATE
  SET status = excluded.status, received_at = excluded.received_at, processed_at = excluded.processed_at,
    payment_intent_id = excluded.payment_intent_id, event_time = excluded.event_time,
    object_ids = excluded.object_ids, error = excluded.error, kafka_topic = excluded.kafka_topic,
    kafka_partition = excluded.kafka_partition, kafka_offset = excluded.kafka_offset
  WHERE payment_webhooks.status = 'FAILED'
  RETURNING webhook_id
), bodies AS (
  INSERT INTO payment_webhook_bodies (received_at, webhook_id, sealed_body)
  SELECT to_timestamp(received_ms / 1000), webhook_id, substring($17::bytea FROM body_start FOR body_length)
  FROM input JOIN inserted USING (webhook_id)
  ON CONFLICT DO NOTHING
)
SELECT webhook_id FROM inserted`;

/**
 * Writes the webhooks that are new, with their bodies, and returns the ids of those. What was there before, in
 * this batch or in any other, is left as it is: the first row wins, unless it is FAILED, which a later delivery
 * or a replay replaces. Waits for another transaction that is writing one of the same ids.
 */
export async function insertWebhooks(em: EntityManager, rows: readonly WebhookRow[]): Promise<Set<string>> {
  if (rows.length === 0) return new Set();
  const sorted = firstOfEachInOrder(rows);
  const bodies = sorted.map((row) => row.sealedBody);
  const starts = startsOf(bodies);
  const inserted: { webhook_id: string }[] = await em.query(SQL, [
    // Made now, not from receivedAt: the primary key then grows at its right edge.
    sorted.map(() => uuidv7()),
    sorted.map((row) => row.webhookId),
    sorted.map((row) => row.provider),
    sorted.map((row) => row.eventType),
    sorted.map((row) => row.source),
    sorted.map((row) => row.status),
    sorted.map((row) => row.receivedAt.getTime()),
    sorted.map((row) => row.eventTime?.getTime() ?? null),
    sorted.map((row) => arrayLiteral(row.objectIds)),
    sorted.map((row) => row.paymentIntentId ?? null),
    sorted.map((row) => row.error ?? null),
    sorted.map((row) => row.kafka.topic),
    sorted.map((row) => row.kafka.partition),
    sorted.map((row) => row.kafka.offset),
    starts,
    bodies.map((body) => body.length),
    Buffer.concat(bodies),
  ]);
  return new Set(inserted.map((row) => row.webhook_id));
}

/** Every writer inserts in the same order, so that two with the same ids wait for, and never on, each other. */
function firstOfEachInOrder(rows: readonly WebhookRow[]): WebhookRow[] {
  const firsts = new Map<string, WebhookRow>();
  for (const row of rows) if (!firsts.has(row.webhookId)) firsts.set(row.webhookId, row);
  return [...firsts.values()].sort((a, b) => (a.webhookId < b.webhookId ? -1 : 1));
}

/** 1-based, as SQL counts. */
function startsOf(bodies: readonly Buffer[]): number[] {
  let next = 1;
  return bodies.map((body) => {
    const start = next;
    next += body.length;
    return start;
  });
}
