import type { EntityManager } from 'typeorm';
import type { PaymentChange } from './payment-change.js';

const SQL = `
UPDATE intent_legs leg SET status_fact = new.status_fact,
  status_event_time = to_timestamp(new.status_event_ms / 1000),
  gateway_object_id = coalesce(leg.gateway_object_id, new.gateway_object_id),
  abandoned_at = CASE WHEN new.is_abandoned THEN coalesce(leg.abandoned_at, now()) ELSE leg.abandoned_at END
FROM unnest($1::uuid[], $2::smallint[], $3::text[], $4::float8[], $5::text[], $6::boolean[])
  AS new (payment_intent_id, leg, status_fact, status_event_ms, gateway_object_id, is_abandoned)
WHERE leg.payment_intent_id = new.payment_intent_id AND leg.leg = new.leg`;

/** Writes the legs that changed, and marks those that a capture elsewhere left behind. */
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
    rows.map(({ id }) => id),
    rows.map(({ leg }) => leg.leg),
    rows.map(({ leg }) => leg.lastStatusFact?.fact ?? null),
    rows.map(({ leg }) => leg.lastStatusFact?.occurredAt ?? null),
    rows.map(({ leg }) => leg.gatewayObjectId),
    rows.map(({ isAbandoned }) => isAbandoned),
  ]);
}
