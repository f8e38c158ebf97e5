import type { DataSource } from 'typeorm';
import { readRows } from './read-rows.js';

/** The webhooks of one type in the last 24 hours. */
export interface WebhookStatistics {
  readonly eventType: string;
  readonly totalWebhooks: number;
  /** From receipt to the commit of the effect; null while none is processed. */
  readonly avgProcessingSeconds: number | null;
  readonly failedCount: number;
}

interface Row {
  readonly event_type: string;
  readonly total_webhooks: string;
  readonly avg_processing_time: number | null;
  readonly failed_count: string;
}

const STATISTICS = {
  name: 'read_webhook_statistics',
  text: `SELECT event_type, total_webhooks, avg_processing_time::float8 AS avg_processing_time, failed_count
    FROM webhook_statistics ORDER BY total_webhooks DESC, event_type LIMIT $1`,
};

/** By event type, most frequent first, at most `countMax`: the gateways' types are open-ended. */
export async function readWebhookStatistics(
  source: DataSource,
  countMax: number,
): Promise<WebhookStatistics[]> {
  const rows = await readRows<Row>(source, STATISTICS, [countMax]);
  return rows.map((row) => ({
    eventType: row.event_type,
    totalWebhooks: Number(row.total_webhooks),
    avgProcessingSeconds: row.avg_processing_time,
    failedCount: Number(row.failed_count),
  }));
}
