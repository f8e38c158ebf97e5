import type { WebhookStatus } from '@payments/domain';
import type { DataSource } from 'typeorm';

/** Webhooks that something is still to be done about, of one status. */
export interface UnprocessedCount {
  readonly status: WebhookStatus;
  readonly count: number;
  /** Since the oldest of them was received. */
  readonly oldestAgeSeconds: number;
}

// `processed = false` is what the partial index idx_payment_webhooks_unprocessed holds: few rows, whatever the table's size.
const SQL = `
SELECT status, count(*)::int AS count,
  greatest(extract(epoch FROM now() - min(received_at)), 0)::float8 AS "oldestAgeSeconds"
FROM payment_webhooks
WHERE processed = false
GROUP BY status`;

/** How many webhooks wait or have failed, by status, and for how long. */
export function countUnprocessedWebhooks(source: Pick<DataSource, 'query'>): Promise<UnprocessedCount[]> {
  return source.query(SQL);
}
