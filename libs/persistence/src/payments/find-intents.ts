import type { GatewayProvider, IntentId } from '@payments/domain';
import type { EntityManager } from 'typeorm';
import { uuids } from '../statements/binary-arrays.js';

/** An intent's internal id, and what identifies its legs, in order. */
export interface FoundIntent {
  readonly paymentIntentId: string;
  readonly legs: readonly FoundLeg[];
}

export interface FoundLeg {
  readonly leg: number;
  readonly provider: GatewayProvider;
  readonly gatewayObjectId: string | null;
}

interface Row {
  readonly intent_id: string;
  readonly payment_intent_id: string;
  readonly leg: number;
  readonly gateway_provider: GatewayProvider;
  readonly gateway_object_id: string | null;
}

const SQL = `
SELECT key.intent_id, key.payment_intent_id, leg.leg, leg.gateway_provider, leg.gateway_object_id
FROM payment_intent_keys key JOIN intent_legs leg USING (payment_intent_id)
WHERE key.intent_id = ANY($1::uuid[])
ORDER BY leg.leg`;

/** Intents by their public ids. Locks nothing. */
export async function findIntents(
  em: EntityManager,
  intentIds: readonly IntentId[],
): Promise<Map<string, FoundIntent>> {
  if (intentIds.length === 0) return new Map();
  const rows: Row[] = await em.query(SQL, [uuids(intentIds)]);
  const legs = new Map<string, { paymentIntentId: string; legs: FoundLeg[] }>();
  for (const row of rows) {
    const found = legs.get(row.intent_id) ?? { paymentIntentId: row.payment_intent_id, legs: [] };
    found.legs.push({
      leg: row.leg,
      provider: row.gateway_provider,
      gatewayObjectId: row.gateway_object_id,
    });
    legs.set(row.intent_id, found);
  }
  return legs;
}
