import type { GatewayProvider } from '@payments/domain';
import type { EntityManager } from 'typeorm';
import { smallints, texts, uuids } from '../statements/binary-arrays.js';
import { inOrder, type Owner, type RefKey, refKeyOf, refOf } from './object-ref.js';

// The DO UPDATE never updates: it waits for who is writing the row, and then locks it. A plain DO NOTHING would
// not lock a placeholder that is there already, and its claim could pass between our reading and our commit.
const SQL = `
INSERT INTO gateway_object_refs AS held (gateway_provider, object_id, payment_intent_id, leg)
SELECT * FROM unnest($1::text[], $2::text[], $3::uuid[], $4::smallint[])
ON CONFLICT (gateway_provider, object_id) DO UPDATE SET leg = held.leg WHERE false
RETURNING gateway_provider, object_id`;

/**
 * Makes the refs that are missing, owned already where the owner is known, and locks those that exist until
 * this transaction ends: nobody else claims one of them, or leaves a webhook waiting for one, meanwhile.
 *
 * @returns those that were made. The others may have got an owner just before they were locked: read them again.
 */
export async function holdRefs(
  em: EntityManager,
  wanted: ReadonlyMap<RefKey, Owner | null>,
): Promise<Set<RefKey>> {
  if (wanted.size === 0) return new Set();
  const keys = inOrder(wanted.keys());
  const refs = keys.map(refOf);
  const owners = keys.map((key) => wanted.get(key) ?? null);
  const rows: { gateway_provider: GatewayProvider; object_id: string }[] = await em.query(SQL, [
    texts(refs.map(({ provider }) => provider)),
    texts(refs.map(({ objectId }) => objectId)),
    uuids(owners.map((owner) => owner?.paymentIntentId ?? null)),
    smallints(owners.map((owner) => owner?.leg ?? null)),
  ]);
  return new Set(rows.map((row) => refKeyOf(row.gateway_provider, row.object_id)));
}
