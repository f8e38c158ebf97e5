import type { EntityManager } from 'typeorm';
import { type Owner, type RefKey, refOf } from './object-ref.js';

const SQL = `
UPDATE gateway_object_refs ref SET payment_intent_id = claim.payment_intent_id, leg = claim.leg
FROM unnest($1::text[], $2::text[], $3::uuid[], $4::smallint[])
  AS claim (gateway_provider, object_id, payment_intent_id, leg)
WHERE ref.gateway_provider = claim.gateway_provider AND ref.object_id = claim.object_id`;

/** Gives refs that this transaction holds (`holdRefs`) their owner, or none. */
export async function claimRefs(em: EntityManager, claims: ReadonlyMap<RefKey, Owner | null>): Promise<void> {
  if (claims.size === 0) return;
  const refs = Array.from(claims.keys(), refOf);
  const owners = [...claims.values()];
  await em.query(SQL, [
    refs.map(({ provider }) => provider),
    refs.map(({ objectId }) => objectId),
    owners.map((owner) => owner?.paymentIntentId ?? null),
    owners.map((owner) => owner?.leg ?? null),
  ]);
}
