import type { EntityManager } from 'typeorm';

const SQL = `SELECT webhook_id FROM payment_webhooks WHERE webhook_id = ANY($1::text[]) AND status <> 'FAILED'`;

/** Those of `ids` that are done with: a FAILED one may be tried again by whoever delivers it again. One that is being written by another transaction is not seen. */
export async function knownWebhooks(em: EntityManager, ids: readonly string[]): Promise<Set<string>> {
  if (ids.length === 0) return new Set();
  const rows: { webhook_id: string }[] = await em.query(SQL, [ids]);
  return new Set(rows.map((row) => row.webhook_id));
}
