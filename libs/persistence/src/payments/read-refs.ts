import type { GatewayProvider } from '@payments/domain';
import type { EntityManager } from 'typeorm';
import { texts } from '../statements/binary-arrays.js';
import { type Owner, type RefKey, refKeyOf, refOf } from './object-ref.js';

interface Row {
  readonly gateway_provider: GatewayProvider;
  readonly object_id: string;
  readonly payment_intent_id: string | null;
  readonly leg: number | null;
}

const SQL = `
SELECT ref.gateway_provider, ref.object_id, ref.payment_intent_id, ref.leg
FROM unnest($1::text[], $2::text[]) AS named (gateway_provider, object_id)
JOIN gateway_object_refs ref USING (gateway_provider, object_id)`;

/** The refs that exist: their owner, or null for a placeholder. Locks nothing. */
export async function readRefs(
  em: EntityManager,
  keys: readonly RefKey[],
): Promise<Map<RefKey, Owner | null>> {
  if (keys.length === 0) return new Map();
  const refs = keys.map(refOf);
  const rows: Row[] = await em.query(SQL, [
    texts(refs.map(({ provider }) => provider)),
    texts(refs.map(({ objectId }) => objectId)),
  ]);
  return new Map(
    rows.map(({ gateway_provider, object_id, payment_intent_id, leg }) => [
      refKeyOf(gateway_provider, object_id),
      payment_intent_id === null || leg === null ? null : { paymentIntentId: payment_intent_id, leg },
    ]),
  );
}
