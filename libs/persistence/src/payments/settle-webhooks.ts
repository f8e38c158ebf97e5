import type { WebhookStatus } from '@payments/domain';
import type { EntityManager } from 'typeorm';
import { arrayLiteral } from '../statements/array-literal.js';
import { VersionConflictError } from './version-conflict-error.js';

/** What became of a webhook that waited. */
export interface WebhookSettlement {
  readonly webhookId: string;
  readonly status: WebhookStatus;
  readonly paymentIntentId: string | null;
  readonly error: string | null;
  /** Of one that waits from now on: what for. The row keeps its own where they are left out. */
  readonly objectIds?: readonly string[];
}

/** What a webhook waited for: its payment, or to be fetched from its gateway. */
export type WaitingStatus = Extract<WebhookStatus, 'UNMATCHED' | 'VERIFYING'>;

const SQL = `
WITH settled AS (
  UPDATE payment_webhooks webhook SET status = settlement.status, error = settlement.error,
    payment_intent_id = settlement.payment_intent_id, retry_at = NULL,
    object_ids = coalesce(settlement.object_ids::text[], webhook.object_ids),
    processed_at = CASE WHEN settlement.status IN ('PROCESSED', 'IGNORED', 'STALE') THEN clock_timestamp() END
  FROM unnest($1::text[], $2::text[], $3::uuid[], $4::text[], $5::text[])
    AS settlement (webhook_id, status, payment_intent_id, error, object_ids)
  WHERE webhook.webhook_id = settlement.webhook_id AND webhook.status = $6
  RETURNING 1
)
SELECT count(*)::int AS settled FROM settled`;

/** Ends the waiting of webhooks. @throws VersionConflictError if one of them does not wait any more */
export async function settleWebhooks(
  em: EntityManager,
  settlements: readonly WebhookSettlement[],
  waitedAs: WaitingStatus = 'UNMATCHED',
): Promise<void> {
  if (settlements.length === 0) return;
  const [row]: { settled: number }[] = await em.query(SQL, [
    settlements.map(({ webhookId }) => webhookId),
    settlements.map(({ status }) => status),
    settlements.map(({ paymentIntentId }) => paymentIntentId),
    settlements.map(({ error }) => error),
    settlements.map(({ objectIds }) => (objectIds === undefined ? null : arrayLiteral(objectIds))),
    waitedAs,
  ]);
  if (row?.settled === settlements.length) return;
  throw new VersionConflictError('a waiting webhook was settled by another transaction');
}
