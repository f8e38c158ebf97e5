import type { EntityManager } from 'typeorm';
import { booleans, smallints, texts, uuids } from '../statements/binary-arrays.js';
import { type Owner, type RefKey, refOf } from './object-ref.js';

const SQL = `
UPDATE gateway_object_refs ref SET payment_intent_id = claim.payment_intent_id, leg = claim.leg,
  settle_at = CASE WHEN claim.is_awaited THEN now() END
FROM unnest($1::text[], $2::text[], $3::uuid[], $4::smallint[], $5::boolean[])
  AS claim (gateway_provider, object_id, payment_intent_id, leg, is_awaited)
WHERE ref.gateway_provider = claim.gateway_provider AND ref.object_id = claim.object_id`;

/**
 * Writes the owners, or null, of refs that this transaction holds (`holdRefs`). Those that were awaited are marked, so
 * that `settleWaiting` looks for the webhooks that wait for them, after this transaction.
 */
export async function claimRefs(
  em: EntityManager,
  {
    claims,
    awaited,
  }: { readonly claims: ReadonlyMap<RefKey, Owner | null>; readonly awaited: ReadonlySet<RefKey> },
): Promise<void> {
  if (claims.size === 0) return;
  const refs = Array.from(claims.keys(), refOf);
  const owners = [...claims.values()];
  await em.query(SQL, [
    texts(refs.map(({ provider }) => provider)),
    texts(refs.map(({ objectId }) => objectId)),
    uuids(owners.map((owner) => owner?.paymentIntentId ?? null)),
    smallints(owners.map((owner) => owner?.leg ?? null)),
    booleans(Array.from(claims.keys(), (key) => awaited.has(key))),
  ]);
}
