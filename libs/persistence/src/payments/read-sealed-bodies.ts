import type { EntityManager } from 'typeorm';
import { texts, times } from '../statements/binary-arrays.js';

const SQL = `
SELECT webhook_id, CASE WHEN up_to - bytes < $3 THEN sealed_body END AS sealed_body
FROM (
  SELECT body.webhook_id, body.sealed_body, octet_length(body.sealed_body) AS bytes,
    sum(octet_length(body.sealed_body)) OVER (ORDER BY wanted.position) AS up_to
  FROM unnest($1::timestamptz[], $2::text[]) WITH ORDINALITY AS wanted (received_at, webhook_id, position)
  JOIN payment_webhook_bodies body
    ON body.received_at = wanted.received_at AND body.webhook_id = wanted.webhook_id
) found`;

/**
 * Sealed bodies by webhook id: the first ones, in the given order, until their total size reaches `bytesMax`; null for
 * the others. A missing body was dropped at the end of its retention.
 */
export async function readSealedBodies(
  em: EntityManager,
  webhooks: readonly { readonly webhookId: string; readonly receivedAt: number }[],
  bytesMax: number,
): Promise<Map<string, Buffer | null>> {
  if (webhooks.length === 0) return new Map();
  const rows: { webhook_id: string; sealed_body: Buffer | null }[] = await em.query(SQL, [
    times(webhooks.map(({ receivedAt }) => new Date(receivedAt))),
    texts(webhooks.map(({ webhookId }) => webhookId)),
    bytesMax,
  ]);
  return new Map(rows.map((row) => [row.webhook_id, row.sealed_body]));
}
