import type { GatewayProvider } from '@payments/domain';
import type { EntityManager } from 'typeorm';
import { type RefKey, refKeyOf, refOf } from './object-ref.js';

/** A stored webhook that waits for its payment. */
export interface UnmatchedWebhook {
  readonly webhookId: string;
  readonly provider: GatewayProvider;
  readonly eventType: string;
  readonly source: 'gateway' | 'reconciliation';
  /** In milliseconds since the epoch; part of the seal's associated data. */
  readonly receivedAt: number;
  /** The gateway's own time, in milliseconds since the epoch. */
  readonly eventTime: number | null;
  readonly kafka: { readonly partition: number; readonly offset: number };
  /** The ids for which it waits: see `waitsForOf`. */
  readonly objectIds: readonly string[];
}

/** A waiting webhook, with one of the refs for which it waits. */
export interface FoundWaiting {
  readonly ref: RefKey;
  readonly webhook: UnmatchedWebhook;
}

interface Row {
  readonly ref_object_id: string;
  readonly webhook_id: string;
  readonly gateway_provider: GatewayProvider;
  readonly event_type: string;
  readonly source: 'gateway' | 'reconciliation';
  readonly received_ms: number;
  readonly event_ms: number | null;
  readonly object_ids: string[];
  readonly kafka_partition: number;
  readonly kafka_offset: number;
}

const SQL = `
SELECT wanted.object_id AS ref_object_id, webhook.*
FROM unnest($1::text[], $2::text[]) WITH ORDINALITY AS wanted (gateway_provider, object_id, position)
CROSS JOIN LATERAL (
  SELECT webhook_id, gateway_provider, event_type, source, object_ids, kafka_partition,
    kafka_offset::float8 AS kafka_offset,
    (extract(epoch FROM received_at) * 1000)::float8 AS received_ms,
    (extract(epoch FROM event_time) * 1000)::float8 AS event_ms
  FROM payment_webhooks
  WHERE status = 'UNMATCHED' AND object_ids @> ARRAY[wanted.object_id]
    AND gateway_provider = wanted.gateway_provider AND (retry_at IS NULL OR retry_at <= now())
  LIMIT $3
) webhook
ORDER BY wanted.position
LIMIT $3`;

/**
 * Webhooks that wait for any of `refs` and are not postponed: those of the first ref, then those of the second, up to
 * `countMax` in all. A webhook that waits for two of them is returned twice.
 */
export async function findUnmatched(
  em: EntityManager,
  refs: readonly RefKey[],
  countMax: number,
): Promise<FoundWaiting[]> {
  const wanted = refs.map(refOf);
  const rows: Row[] = await em.query(SQL, [
    wanted.map(({ provider }) => provider),
    wanted.map(({ objectId }) => objectId),
    countMax,
  ]);
  return rows.map((row) => ({
    ref: refKeyOf(row.gateway_provider, row.ref_object_id),
    webhook: {
      webhookId: row.webhook_id,
      provider: row.gateway_provider,
      eventType: row.event_type,
      source: row.source,
      receivedAt: row.received_ms,
      eventTime: row.event_ms,
      kafka: { partition: row.kafka_partition, offset: row.kafka_offset },
      objectIds: row.object_ids,
    },
  }));
}
