import type { WebhookStatus } from '@payments/domain';
import type { EntityManager } from 'typeorm';
import { VersionConflictError } from './version-conflict-error.js';

/** What became of a webhook that waited. */
export interface WebhookSettlement {
  readonly webhookId: string;
  readonly status: WebhookStatus;
  readonly paymentIntentId: string | null;
  readonly error: string | null;
}

const SQL = `
WITH settled AS (
  UPDATE payment_webhooks webhook SET status = settlement.status, error = settlement.error,
    payment_intent_id = settlement.payment_intent_id, retry_at = NULL,
    processed_at = CASE WHEN settlement.status IN ('PROCESSED', 'IGNORED', 'STALE') THEN clock_timestamp() END
  FROM unnest($1::text[], $2::text[], $3::uuid[], $4::text[])
    AS settlement (webhook_id, status, payment_intent_id, error)
  WHERE webhook.webhook_id = settlement.webhook_id AND webhook.status = 'UNMATCHED'
  RETURNING 1
)
SELECT count(*)::int AS settled FROM settled`;

/** Ends the waiting of webhooks. @throws VersionConflictError if one of them does not wait any more */
export async function settleWebhooks(
  em: EntityManager,
  settlements: readonly WebhookSettlement[],
): Promise<void> {
  if (settlements.length === 0) return;
  const [row]: { settled: number }[] = await em.query(SQL, [
    settlements.map(({ webhookId }) => webhookId),
    settlements.map(({ status }) => status),
    settlements.map(({ paymentIntentId }) => paymentIntentId),
    settlements.map(({ error }) => error),
  ]);
  if (row?.settled === settlements.length) return;
  throw new VersionConflictError('a waiting webhook was settled by another transaction');
}
