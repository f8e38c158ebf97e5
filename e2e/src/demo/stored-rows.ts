import { uuidv7Time } from '@payments/domain';
import type { Database } from '@payments/persistence';

export interface StoredRow {
  readonly webhookId: string;
  readonly provider: string;
  readonly eventType: string;
  readonly status: string;
  /** From receipt by the ingress to insertion by the worker. */
  readonly latencyMs: number;
}

interface Found {
  readonly id: string;
  readonly webhook_id: string;
  readonly gateway_provider: string;
  readonly event_type: string;
  readonly status: string;
  readonly received_at: Date;
}

/** Number of these webhooks that have a row. */
export async function countRows(database: Database, webhookIds: ReadonlySet<string>): Promise<number> {
  const sql = 'SELECT count(*)::int AS count FROM payment_webhooks WHERE webhook_id = ANY($1)';
  const [row] = (await database.primary.query(sql, [[...webhookIds]])) as [{ count: number }];
  return row.count;
}

export async function readRows(database: Database, webhookIds: ReadonlySet<string>): Promise<StoredRow[]> {
  const found: Found[] = await database.primary.query(
    `SELECT id, webhook_id, gateway_provider, event_type, status, received_at FROM payment_webhooks
     WHERE webhook_id = ANY($1)`,
    [[...webhookIds]],
  );
  return found.map((row) => ({
    webhookId: row.webhook_id,
    provider: row.gateway_provider,
    eventType: row.event_type,
    status: row.status,
    // The row's id is a UUIDv7 with the time of its insertion.
    latencyMs: uuidv7Time(row.id).getTime() - row.received_at.getTime(),
  }));
}
