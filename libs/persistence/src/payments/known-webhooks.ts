import type { EntityManager } from 'typeorm';
import { texts } from '../statements/binary-arrays.js';

const SQL = `SELECT webhook_id, status = 'FAILED' AS failed FROM payment_webhooks WHERE webhook_id = ANY($1::text[])`;

/** Ids of stored webhooks. One that a concurrent transaction is storing is not included. */
export interface KnownWebhooks {
  readonly done: ReadonlySet<string>;
  /** Applied again when they are delivered again. */
  readonly failed: ReadonlySet<string>;
}

/** Which of `ids` are stored. */
export async function knownWebhooks(em: EntityManager, ids: readonly string[]): Promise<KnownWebhooks> {
  if (ids.length === 0) return { done: new Set(), failed: new Set() };
  const rows: { webhook_id: string; failed: boolean }[] = await em.query(SQL, [texts(ids)]);
  const idsOf = (failed: boolean): string[] =>
    rows.filter((row) => row.failed === failed).map((row) => row.webhook_id);
  return { done: new Set(idsOf(false)), failed: new Set(idsOf(true)) };
}
