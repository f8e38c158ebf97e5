import { type GatewayProvider, uuidv7, type WebhookStatus } from '@payments/domain';
import type { EntityManager } from 'typeorm';
import { unlessTaken } from '../payments/version-conflict-error.js';
import { arrayLiteral } from './array-literal.js';
import { type ArrayParameter, bigints, doubles, integers, texts, uuids } from './binary-arrays.js';

/** Position of a webhook's record. */
export interface KafkaPosition {
  readonly topic: string;
  readonly partition: number;
  readonly offset: bigint;
}

/** A webhook as first stored: the narrow row and its sealed body. */
export interface WebhookRow {
  readonly webhookId: string;
  readonly provider: GatewayProvider;
  readonly eventType: string;
  readonly source: 'gateway' | 'reconciliation';
  readonly status: WebhookStatus;
  readonly receivedAt: Date;
  /** The gateway's time of the event. */
  readonly eventTime: Date | null;
  /** All gateway ids in the event, at most 32. */
  readonly objectIds: readonly string[];
  /** Row id of its payment, once known. */
  readonly paymentIntentId?: string | null;
  readonly sealedBody: Buffer;
  readonly kafka: KafkaPosition;
  /** Why it is FAILED. */
  readonly error?: string | null;
}

// All bodies travel as one parameter: in an array each would be copied once more. An existing one is of the same
// delivery.
const INSERT = `
WITH bodies AS (
  INSERT INTO payment_webhook_bodies (received_at, webhook_id, sealed_body)
  SELECT to_timestamp(received_ms / 1000), webhook_id, substring($17::bytea FROM body_start FOR body_length)
  FROM (SELECT unnest($2::text[]) AS webhook_id, unnest($7::float8[]) AS received_ms,
    unnest($15::int[]) AS body_start, unnest($16::int[]) AS body_length) AS body
  ON CONFLICT DO NOTHING
)
INSERT INTO payment_webhooks (id, webhook_id, gateway_provider, event_type, source, status, received_at,
  event_time, object_ids, payment_intent_id, error, kafka_topic, kafka_partition, kafka_offset, processed_at)
SELECT id, webhook_id, gateway_provider, event_type, source, status, to_timestamp(received_ms / 1000),
  to_timestamp(event_ms / 1000), object_ids::text[], payment_intent_id, error, kafka_topic, kafka_partition,
  kafka_offset, CASE WHEN status IN ('PROCESSED', 'IGNORED', 'STALE') THEN clock_timestamp() END
FROM (SELECT unnest($1::uuid[]) AS id, unnest($2::text[]) AS webhook_id, unnest($3::text[]) AS gateway_provider,
  unnest($4::text[]) AS event_type, unnest($5::text[]) AS source, unnest($6::text[]) AS status,
  unnest($7::float8[]) AS received_ms, unnest($8::float8[]) AS event_ms, unnest($9::text[]) AS object_ids,
  unnest($10::uuid[]) AS payment_intent_id, unnest($11::text[]) AS error, unnest($12::text[]) AS kafka_topic,
  unnest($13::int[]) AS kafka_partition, unnest($14::bigint[]) AS kafka_offset) AS webhook`;

// Not a row that another transaction has stored since it was read as FAILED.
const REMOVE = `
WITH removed AS (
  DELETE FROM payment_webhooks WHERE webhook_id = ANY($1::text[]) AND status = 'FAILED'
  RETURNING received_at, webhook_id
)
DELETE FROM payment_webhook_bodies body USING removed
WHERE body.received_at = removed.received_at AND body.webhook_id = removed.webhook_id`;

/**
 * Inserts webhooks that are not stored (see `knownWebhooks`), with their bodies. Waits for a concurrent transaction
 * that inserts one of the same ids.
 *
 * @param rows each id once
 * @param replacing ids of FAILED webhooks to be replaced
 * @throws VersionConflictError if a concurrent transaction stored one of them: roll back and retry
 */
export async function insertWebhooks(
  em: EntityManager,
  rows: readonly WebhookRow[],
  { replacing }: { readonly replacing?: ReadonlySet<string> } = {},
): Promise<void> {
  if (rows.length === 0) return;
  if (replacing !== undefined && replacing.size > 0) await em.query(REMOVE, [texts([...replacing])]);
  await unlessTaken('payment_webhooks_webhook_id', 'a webhook was stored by another transaction', () =>
    em.query(INSERT, columnsOf(inOrder(rows))),
  );
}

function columnsOf(rows: readonly WebhookRow[]): ArrayParameter[] {
  const bodies = rows.map((row) => row.sealedBody);
  return [
    // Generated now, not from receivedAt: the primary key then grows at its right edge.
    uuids(rows.map(() => uuidv7())),
    texts(rows.map((row) => row.webhookId)),
    texts(rows.map((row) => row.provider)),
    texts(rows.map((row) => row.eventType)),
    texts(rows.map((row) => row.source)),
    texts(rows.map((row) => row.status)),
    doubles(rows.map((row) => row.receivedAt.getTime())),
    doubles(rows.map((row) => row.eventTime?.getTime() ?? null)),
    texts(rows.map((row) => arrayLiteral(row.objectIds))),
    uuids(rows.map((row) => row.paymentIntentId ?? null)),
    texts(rows.map((row) => row.error ?? null)),
    texts(rows.map((row) => row.kafka.topic)),
    integers(rows.map((row) => row.kafka.partition)),
    bigints(rows.map((row) => row.kafka.offset)),
    integers(startsOf(bodies)),
    integers(bodies.map((body) => body.length)),
    Buffer.concat(bodies),
  ];
}

/** All writers use one order, so that two with the same ids wait for, but never deadlock, each other. */
function inOrder(rows: readonly WebhookRow[]): WebhookRow[] {
  return [...rows].sort((a, b) => (a.webhookId < b.webhookId ? -1 : 1));
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
