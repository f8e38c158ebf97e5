import type { GatewayProvider } from '@payments/domain';
import type { EntityManager } from 'typeorm';
import { type RefKey, refKeyOf, refOf } from './object-ref.js';

/** A stored webhook that waits for its payment. */
export interface UnmatchedWebhook {
  readonly webhookId: string;
  readonly provider: GatewayProvider;
  readonly eventType: string;
  readonly source: 'gateway' | 'reconciliation';
  /** Milliseconds since the epoch, as sealed. */
  readonly receivedAt: number;
  /** The gateway's own time, milliseconds since the epoch. */
  readonly eventTime: number | null;
  readonly objectIds: readonly string[];
}

interface Row {
  readonly webhook_id: string;
  readonly gateway_provider: GatewayProvider;
  readonly event_type: string;
  readonly source: 'gateway' | 'reconciliation';
  readonly received_ms: number;
  readonly event_ms: number | null;
  readonly object_ids: string[];
}

const SQL = `
SELECT webhook_id, gateway_provider, event_type, source, object_ids,
  (extract(epoch FROM received_at) * 1000)::float8 AS received_ms,
  (extract(epoch FROM event_time) * 1000)::float8 AS event_ms
FROM payment_webhooks
WHERE status = 'UNMATCHED' AND object_ids && $1::text[]`;

/** The webhooks that wait for any of `keys`. Complete only while these are held (`holdRefs`). */
export async function findUnmatched(em: EntityManager, keys: readonly RefKey[]): Promise<UnmatchedWebhook[]> {
  if (keys.length === 0) return [];
  const rows: Row[] = await em.query(SQL, [keys.map((key) => refOf(key).objectId)]);
  const wanted = new Set(keys);
  return rows
    .map((row) => ({
      webhookId: row.webhook_id,
      provider: row.gateway_provider,
      eventType: row.event_type,
      source: row.source,
      receivedAt: row.received_ms,
      eventTime: row.event_ms,
      objectIds: row.object_ids,
    }))
    .filter(({ provider, objectIds }) => objectIds.some((id) => wanted.has(refKeyOf(provider, id))));
}
