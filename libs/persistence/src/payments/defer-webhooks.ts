import type { EntityManager } from 'typeorm';
import type { WaitingStatus } from './settle-webhooks.js';

const SQL = `
UPDATE payment_webhooks webhook SET error = deferred.error, retry_at = now() + $3 * interval '1 millisecond'
FROM unnest($1::text[], $2::text[]) AS deferred (webhook_id, error)
WHERE webhook.webhook_id = deferred.webhook_id AND webhook.status = $4`;

/** Postpones waiting webhooks by `retryMs`, and records in their rows why they still wait. */
export async function deferWebhooks(
  em: EntityManager,
  deferred: readonly { readonly webhookId: string; readonly error: string }[],
  retryMs: number,
  waitingAs: WaitingStatus = 'UNMATCHED',
): Promise<void> {
  if (deferred.length === 0) return;
  await em.query(SQL, [
    deferred.map(({ webhookId }) => webhookId),
    deferred.map(({ error }) => error),
    retryMs,
    waitingAs,
  ]);
}
