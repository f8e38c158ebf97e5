import type { GatewayProvider } from '@payments/domain';
import type { EntityManager } from 'typeorm';
import { type RefKey, refKeyOf, refOf } from './object-ref.js';

const READ = `
SELECT gateway_provider, object_id FROM gateway_object_refs WHERE settle_at <= now() ORDER BY settle_at LIMIT $1`;

/** Claimed refs for which webhooks may be waiting, longest due first. */
export async function readDueRefs(em: EntityManager, countMax: number): Promise<RefKey[]> {
  const rows: { gateway_provider: GatewayProvider; object_id: string }[] = await em.query(READ, [countMax]);
  return rows.map((row) => refKeyOf(row.gateway_provider, row.object_id));
}

/** A ref whose waiting webhooks were searched for, or which was just claimed. */
export interface CheckedRef {
  readonly ref: RefKey;
  /** Whether more webhooks may be waiting for it than were settled. */
  readonly mayHaveMore: boolean;
}

// A ref that another transaction has locked is skipped and stays due: waiting for it while we hold payments could
// deadlock.
const RESCHEDULE = `
WITH free AS (
  SELECT ref.gateway_provider, ref.object_id, looked.is_cut
  FROM unnest($1::text[], $2::text[], $3::boolean[]) AS looked (gateway_provider, object_id, is_cut)
  JOIN gateway_object_refs ref USING (gateway_provider, object_id)
  FOR NO KEY UPDATE OF ref SKIP LOCKED
), noted AS (
  UPDATE gateway_object_refs ref SET settle_at = CASE WHEN free.is_cut THEN now() ELSE (
    SELECT min(coalesce(retry_at, now())) FROM payment_webhooks
    WHERE status = 'UNMATCHED' AND object_ids @> ARRAY[ref.object_id] AND gateway_provider = ref.gateway_provider
  ) END
  FROM free WHERE ref.gateway_provider = free.gateway_provider AND ref.object_id = free.object_id
  RETURNING settle_at
)
SELECT count(*)::int AS due FROM noted WHERE settle_at <= now()`;

/**
 * Sets when to check refs again: at once but after all others, when the first of their webhooks is to be tried again,
 * or never. Never is safe, because once a ref has an owner, no webhook starts to wait for it.
 *
 * @returns how many of them are due at once
 */
export async function rescheduleRefs(em: EntityManager, checked: readonly CheckedRef[]): Promise<number> {
  if (checked.length === 0) return 0;
  const refs = checked.map(({ ref }) => refOf(ref));
  const [row]: { due: number }[] = await em.query(RESCHEDULE, [
    refs.map(({ provider }) => provider),
    refs.map(({ objectId }) => objectId),
    checked.map(({ mayHaveMore }) => mayHaveMore),
  ]);
  return row?.due ?? 0;
}
