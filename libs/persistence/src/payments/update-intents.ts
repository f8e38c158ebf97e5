import type { EntityManager } from 'typeorm';
import { timeSpanOf } from './lock-intents.js';
import { currentObjectId, type PaymentChange } from './payment-change.js';
import { VersionConflictError } from './version-conflict-error.js';

const SQL = `
WITH updated AS (
  UPDATE payment_intents intent SET updated_at = now(), version = new.version, status = new.status,
    current_leg = new.current_leg, amount_authorized = new.amount_authorized,
    amount_captured = new.amount_captured, amount_refunded = new.amount_refunded,
    amount_refund_pending = new.amount_refund_pending, amount_disputed = new.amount_disputed,
    last_error = new.last_error, next_action = new.next_action,
    gateway_intent_id = coalesce(new.gateway_intent_id, intent.gateway_intent_id)
  FROM unnest($1::uuid[], $2::bigint[], $3::bigint[], $4::text[], $5::smallint[], $6::bigint[], $7::bigint[],
    $8::bigint[], $9::bigint[], $10::bigint[], $11::jsonb[], $12::jsonb[], $13::text[])
    AS new (id, version_before, version, status, current_leg, amount_authorized, amount_captured,
      amount_refunded, amount_refund_pending, amount_disputed, last_error, next_action, gateway_intent_id)
  WHERE intent.id = new.id AND intent.version = new.version_before
    AND intent.created_at BETWEEN $14 AND $15
  RETURNING 1
)
SELECT count(*)::int AS updated FROM updated`;

/**
 * Writes the intents that changed.
 *
 * @throws VersionConflictError if one of them is not at the version it was loaded at: somebody wrote without a lock
 */
export async function updateIntents(em: EntityManager, changes: readonly PaymentChange[]): Promise<void> {
  const changed = changes.filter(isIntentChanged);
  if (changed.length === 0) return;
  const after = changed.map(({ folded }) => folded.payment.intent);
  const ids = after.map(({ id }) => id);
  const [row]: { updated: number }[] = await em.query(SQL, [
    ids,
    changed.map(({ before }) => before.payment.intent.version),
    after.map(({ version }) => version),
    after.map(({ status }) => status),
    after.map(({ currentLeg }) => currentLeg),
    after.map(({ amountAuthorized }) => amountAuthorized),
    after.map(({ amountCaptured }) => amountCaptured),
    after.map(({ amountRefunded }) => amountRefunded),
    after.map(({ amountRefundPending }) => amountRefundPending),
    after.map(({ amountDisputed }) => amountDisputed),
    after.map(({ lastError }) => jsonOrNull(lastError)),
    after.map(({ nextAction }) => jsonOrNull(nextAction)),
    changed.map(({ folded }) => currentObjectId(folded.payment)),
    ...timeSpanOf(ids),
  ]);
  if (row?.updated === changed.length) return;
  throw new VersionConflictError(`${changed.length - (row?.updated ?? 0)} intents have another version`);
}

function isIntentChanged({ before, folded }: PaymentChange): boolean {
  return folded.intentChanged || currentObjectId(before.payment) !== currentObjectId(folded.payment);
}

function jsonOrNull(value: unknown): string | null {
  return value === null ? null : JSON.stringify(value);
}
