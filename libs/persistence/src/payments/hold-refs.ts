import type { GatewayProvider } from '@payments/domain';
import type { EntityManager } from 'typeorm';
import { smallints, texts, uuids } from '../statements/binary-arrays.js';
import { inOrder, type Owner, type RefKey, refKeyOf, refOf } from './object-ref.js';

// The DO UPDATE never updates: it waits for a concurrent writer of the row and then locks it. DO NOTHING would not lock
// an existing placeholder, which another transaction could then claim between our reading and our commit.
const SQL = `
INSERT INTO gateway_object_refs AS held (gateway_provider, object_id, payment_intent_id, leg)
SELECT * FROM unnest($1::text[], $2::text[], $3::uuid[], $4::smallint[])
ON CONFLICT (gateway_provider, object_id) DO UPDATE SET leg = held.leg WHERE false
RETURNING gateway_provider, object_id`;

/**
 * Inserts missing refs, with their owner if it is known, and locks existing ones until the transaction ends:
 * meanwhile no other transaction claims one of them, or stores a webhook that waits for one.
 *
 * @returns the inserted ones. The others may have got an owner just before they were locked: read them again
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
