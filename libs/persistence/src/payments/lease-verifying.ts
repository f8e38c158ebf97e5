import type { GatewayProvider } from '@payments/domain';
import type { EntityManager } from 'typeorm';

/** A webhook that waits for what its gateway shows of it. */
export interface VerifyingWebhook {
  readonly webhookId: string;
  readonly provider: GatewayProvider;
  readonly eventType: string;
  readonly source: 'gateway' | 'reconciliation';
  /** What its body named, its own object first. */
  readonly objectIds: readonly string[];
  /** For how long it has been here, in milliseconds. */
  readonly ageMs: number;
}

export interface LeaseVerifyingOptions {
  readonly provider: GatewayProvider;
  readonly countMax: number;
  /** Longer than fetching one takes: after that it is given out again. */
  readonly leaseMs: number;
}

interface Row {
  readonly webhook_id: string;
  readonly gateway_provider: GatewayProvider;
  readonly event_type: string;
  readonly source: 'gateway' | 'reconciliation';
  readonly object_ids: string[];
  readonly age_ms: number;
}

// `processed = false` lets the partial index of unprocessed webhooks find them, whatever the table's size.
const SQL = `
WITH due AS MATERIALIZED (
  SELECT id FROM payment_webhooks
  WHERE status = 'VERIFYING' AND processed = false AND gateway_provider = $1
    AND (retry_at IS NULL OR retry_at <= now())
  ORDER BY received_at
  LIMIT $2
  FOR UPDATE SKIP LOCKED
), leased AS (
  UPDATE payment_webhooks webhook SET retry_at = now() + $3 * interval '1 millisecond'
  FROM due WHERE webhook.id = due.id
  RETURNING webhook_id, gateway_provider, event_type, source, object_ids, received_at
)
SELECT webhook_id, gateway_provider, event_type, source, object_ids,
  greatest(extract(epoch FROM now() - received_at) * 1000, 0)::float8 AS age_ms
FROM leased
ORDER BY received_at`;

/** Webhooks to be verified now, the oldest first. Whoever leased one may be gone: then it comes again. */
export async function leaseVerifying(
  em: EntityManager,
  { provider, countMax, leaseMs }: LeaseVerifyingOptions,
): Promise<VerifyingWebhook[]> {
  const rows: Row[] = await em.query(SQL, [provider, countMax, leaseMs]);
  return rows.map((row) => ({
    webhookId: row.webhook_id,
    provider: row.gateway_provider,
    eventType: row.event_type,
    source: row.source,
    objectIds: row.object_ids,
    ageMs: row.age_ms,
  }));
}
