import type { DataSource, EntityManager } from 'typeorm';
import { objectIdsOf } from './object-ref.js';
import type { Report } from './report.js';
import { type SettledByReport, settleByReport } from './settle-by-report.js';
import type { WaitingWebhook } from './settle-waiting.js';
import { settleWebhooks } from './settle-webhooks.js';

/** A FAILED webhook of which nothing could be read, with its body as the ingress sealed it. */
export interface UnreadWebhook
  extends Pick<
    WaitingWebhook,
    'webhookId' | 'provider' | 'eventType' | 'source' | 'receivedAt' | 'sealedBody'
  > {
  /** Grows in the order in which webhooks were stored. */
  readonly rowId: string;
}

interface Row {
  readonly id: string;
  readonly webhook_id: string;
  readonly gateway_provider: UnreadWebhook['provider'];
  readonly event_type: string;
  readonly source: UnreadWebhook['source'];
  readonly received_ms: number;
  readonly sealed_body: Buffer;
}

// What could be read names the object that it is about. `processed = false` is what the partial index holds.
const FIND = `
SELECT webhook.id, webhook.webhook_id, webhook.gateway_provider, webhook.event_type, webhook.source,
  (extract(epoch FROM webhook.received_at) * 1000)::float8 AS received_ms, body.sealed_body
FROM payment_webhooks webhook JOIN payment_webhook_bodies body USING (received_at, webhook_id)
WHERE webhook.status = 'FAILED' AND webhook.processed = false AND webhook.object_ids = '{}' AND webhook.id > $1
ORDER BY webhook.id
LIMIT $2`;

const BEFORE_ALL = '00000000-0000-0000-0000-000000000000';

/**
 * Webhooks that could not be read, such as those with a status that was not known: a later release may read them.
 *
 * @param after the row id of the last one that was found before
 */
export async function findUnread(
  source: Pick<DataSource, 'query'>,
  countMax: number,
  after: string = BEFORE_ALL,
): Promise<UnreadWebhook[]> {
  const rows: Row[] = await source.query(FIND, [after, countMax]);
  return rows.map((row) => ({
    rowId: row.id,
    webhookId: row.webhook_id,
    provider: row.gateway_provider,
    eventType: row.event_type,
    source: row.source,
    receivedAt: row.received_ms,
    sealedBody: row.sealed_body,
  }));
}

/**
 * Applies what a webhook says that can be read by now.
 *
 * @throws VersionConflictError if it was delivered again meanwhile, or as `applyToPayments`: roll back
 */
export function settleUnread(
  em: EntityManager,
  { webhookId }: Pick<UnreadWebhook, 'webhookId'>,
  report: Report,
): Promise<SettledByReport> {
  return settleByReport(em, { webhookId, status: 'FAILED', objectIds: objectIdsOf(report) }, report);
}

/**
 * A webhook that can be read by now, and of which nothing is applied: it has no effect, or has to be verified first.
 *
 * @throws VersionConflictError as `settleUnread`
 */
export async function settleUnreadAs(
  em: EntityManager,
  { webhookId }: Pick<UnreadWebhook, 'webhookId'>,
  status: 'IGNORED' | 'VERIFYING',
  named: Pick<Report, 'objectIds' | 'facts'>,
): Promise<void> {
  const settlement = { webhookId, status, paymentIntentId: null, error: null, objectIds: objectIdsOf(named) };
  await settleWebhooks(em, [settlement], 'FAILED');
}
