import type { WebhookStatus } from '@payments/domain';
import type { DataSource } from 'typeorm';

/** Webhooks of one status that are not processed. */
export interface UnprocessedCount {
  readonly status: WebhookStatus;
  readonly count: number;
  /** Time since the oldest of them was received. */
  readonly oldestAgeSeconds: number;
}

// `processed = false` is the predicate of idx_payment_webhooks_unprocessed: few rows, however large the table is.
const SQL = `
SELECT status, count(*)::int AS count,
  greatest(extract(epoch FROM now() - min(received_at)), 0)::float8 AS "oldestAgeSeconds"
FROM payment_webhooks
WHERE processed = false
GROUP BY status`;

/** Counts the webhooks that wait or have failed, by status. */
export function countUnprocessedWebhooks(source: Pick<DataSource, 'query'>): Promise<UnprocessedCount[]> {
  return source.query(SQL);
}
