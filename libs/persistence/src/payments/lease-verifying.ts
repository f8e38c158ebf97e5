import type { GatewayProvider } from '@payments/domain';
import type { EntityManager } from 'typeorm';

/** A webhook that is applied only after its resource was fetched from the gateway. */
export interface VerifyingWebhook {
  readonly webhookId: string;
  readonly provider: GatewayProvider;
  readonly eventType: string;
  readonly source: 'gateway' | 'reconciliation';
  /** All gateway ids in its body, its own object first. */
  readonly objectIds: readonly string[];
  /** Milliseconds since it was received. */
  readonly ageMs: number;
}

export interface LeaseVerifyingOptions {
  readonly provider: GatewayProvider;
  readonly countMax: number;
  /** Longer than a fetch takes: after this time another worker may lease the webhook. */
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

// `processed = false` is the predicate of the partial index that finds them, however large the table is.
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

/** Leases webhooks that are due to be verified, oldest first, including those whose lease has expired. */
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
