import type { EntityManager } from 'typeorm';
import { booleans, doubles, smallints, texts, uuids } from '../statements/binary-arrays.js';
import type { PaymentChange } from './payment-change.js';

const SQL = `
UPDATE intent_legs leg SET status_fact = new.status_fact,
  status_event_time = to_timestamp(new.status_event_ms / 1000),
  gateway_object_id = coalesce(leg.gateway_object_id, new.gateway_object_id),
  abandoned_at = CASE WHEN new.is_abandoned THEN coalesce(leg.abandoned_at, now()) ELSE leg.abandoned_at END
FROM (SELECT unnest($1::uuid[]) AS payment_intent_id, unnest($2::smallint[]) AS leg, unnest($3::text[]) AS status_fact,
  unnest($4::float8[]) AS status_event_ms, unnest($5::text[]) AS gateway_object_id,
  unnest($6::boolean[]) AS is_abandoned) AS new
WHERE leg.payment_intent_id = new.payment_intent_id AND leg.leg = new.leg`;

/** Writes the legs that changed, and marks those left behind by a capture on another leg. */
export async function updateLegs(em: EntityManager, changes: readonly PaymentChange[]): Promise<void> {
  const rows = changes.flatMap(({ folded }) => {
    const { intent, legs } = folded.payment;
    const abandoned = new Set(folded.abandonedLegs);
    const changed = new Set(folded.legs);
    return legs
      .filter((leg) => changed.has(leg) || abandoned.has(leg.leg))
      .map((leg) => ({ id: intent.id, leg, isAbandoned: abandoned.has(leg.leg) }));
  });
  if (rows.length === 0) return;
  await em.query(SQL, [
    uuids(rows.map(({ id }) => id)),
    smallints(rows.map(({ leg }) => leg.leg)),
    texts(rows.map(({ leg }) => leg.lastStatusFact?.fact ?? null)),
    doubles(rows.map(({ leg }) => leg.lastStatusFact?.occurredAt ?? null)),
    texts(rows.map(({ leg }) => leg.gatewayObjectId)),
    booleans(rows.map(({ isAbandoned }) => isAbandoned)),
  ]);
}
