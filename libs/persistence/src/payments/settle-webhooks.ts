import { PROCESSED_WEBHOOK_STATUSES, type WebhookStatus } from '@payments/domain';
import type { EntityManager } from 'typeorm';
import { arrayLiteral } from '../statements/array-literal.js';
import { VersionConflictError } from './version-conflict-error.js';

/** The new status of a waiting webhook. */
export interface WebhookSettlement {
  readonly webhookId: string;
  readonly status: WebhookStatus;
  readonly paymentIntentId: string | null;
  readonly error: string | null;
  /** For one that now waits for its payment: the ids for which it waits. If omitted, the row keeps its ids. */
  readonly objectIds?: readonly string[];
}

/**
 * UNMATCHED: waits for its payment. VERIFYING: waits until its resource is fetched from the gateway. FAILED: may be
 * retried.
 */
export type WaitingStatus = Extract<WebhookStatus, 'UNMATCHED' | 'VERIFYING' | 'FAILED'>;

const PROCESSED = PROCESSED_WEBHOOK_STATUSES.map((status) => `'${status}'`).join(', ');

const SQL = `
WITH settled AS (
  UPDATE payment_webhooks webhook SET status = settlement.status, error = settlement.error,
    payment_intent_id = settlement.payment_intent_id, retry_at = NULL,
    object_ids = coalesce(settlement.object_ids::text[], webhook.object_ids),
    processed_at = CASE WHEN settlement.status IN (${PROCESSED}) THEN clock_timestamp() END
  FROM unnest($1::text[], $2::text[], $3::uuid[], $4::text[], $5::text[])
    AS settlement (webhook_id, status, payment_intent_id, error, object_ids)
  WHERE webhook.webhook_id = settlement.webhook_id AND webhook.status = $6
  RETURNING 1
)
SELECT count(*)::int AS settled FROM settled`;

/** Settles waiting webhooks. @throws VersionConflictError if one of them is no longer waiting */
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
