import type { EntityManager } from 'typeorm';

const SQL = `
SELECT body.webhook_id, body.sealed_body
FROM unnest($1::float8[], $2::text[]) AS wanted (received_ms, webhook_id)
JOIN payment_webhook_bodies body
  ON body.received_at = to_timestamp(wanted.received_ms / 1000) AND body.webhook_id = wanted.webhook_id`;

/** Sealed bodies by webhook id; one that is missing was dropped at the end of the retention. */
export async function readSealedBodies(
  em: EntityManager,
  webhooks: readonly { readonly webhookId: string; readonly receivedAt: number }[],
): Promise<Map<string, Buffer>> {
  if (webhooks.length === 0) return new Map();
  const rows: { webhook_id: string; sealed_body: Buffer }[] = await em.query(SQL, [
    webhooks.map(({ receivedAt }) => receivedAt),
    webhooks.map(({ webhookId }) => webhookId),
  ]);
  return new Map(rows.map((row) => [row.webhook_id, row.sealed_body]));
}
