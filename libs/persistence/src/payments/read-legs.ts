import type { GatewayProvider, Leg, StatusFact } from '@payments/domain';
import type { EntityManager } from 'typeorm';
import { uuids } from '../statements/binary-arrays.js';

interface Row {
  readonly payment_intent_id: string;
  readonly leg: number;
  readonly gateway_provider: GatewayProvider;
  readonly gateway_object_id: string | null;
  readonly has_token: boolean;
  readonly status_fact: StatusFact | null;
  readonly status_event_ms: number | null;
}

const SQL = `
SELECT payment_intent_id, leg, gateway_provider, gateway_object_id, status_fact,
  payment_method_token IS NOT NULL AS has_token,
  (extract(epoch FROM status_event_time) * 1000)::float8 AS status_event_ms
FROM intent_legs
WHERE payment_intent_id = ANY($1::uuid[])
ORDER BY payment_intent_id, leg`;

/** The legs of intents, in order. Read them once the intents are locked: they change under that lock only. */
export async function readLegs(em: EntityManager, intentIds: readonly string[]): Promise<Map<string, Leg[]>> {
  if (intentIds.length === 0) return new Map();
  const rows: Row[] = await em.query(SQL, [uuids(intentIds)]);
  const legs = new Map<string, Leg[]>();
  for (const row of rows) {
    const ofIntent = legs.get(row.payment_intent_id);
    if (ofIntent === undefined) legs.set(row.payment_intent_id, [legOfRow(row)]);
    else ofIntent.push(legOfRow(row));
  }
  return legs;
}

function legOfRow(row: Row): Leg {
  const { leg, gateway_provider, gateway_object_id, has_token, status_fact, status_event_ms } = row;
  return {
    leg,
    provider: gateway_provider,
    gatewayObjectId: gateway_object_id,
    hasToken: has_token,
    lastStatusFact:
      status_fact === null || status_event_ms === null
        ? null
        : { fact: status_fact, occurredAt: status_event_ms },
  };
}
