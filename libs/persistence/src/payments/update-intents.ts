import type { EntityManager } from 'typeorm';
import { bigints, jsons, smallints, texts, uuids } from '../statements/binary-arrays.js';
import { timeSpanOf } from './lock-intents.js';
import { currentObjectId, type PaymentChange } from './payment-change.js';
import { VersionConflictError } from './version-conflict-error.js';

const SQL = `
UPDATE payment_intents intent SET updated_at = now(), version = new.version, status = new.status,
  current_leg = new.current_leg, amount_authorized = new.amount_authorized,
  amount_captured = new.amount_captured, amount_refunded = new.amount_refunded,
  amount_refund_pending = new.amount_refund_pending, amount_disputed = new.amount_disputed,
  last_error = new.last_error, next_action = new.next_action,
  gateway_intent_id = new.gateway_intent_id
FROM (SELECT unnest($1::uuid[]) AS id, unnest($2::bigint[]) AS version_before, unnest($3::bigint[]) AS version,
  unnest($4::text[]) AS status, unnest($5::smallint[]) AS current_leg,
  unnest($6::bigint[]) AS amount_authorized, unnest($7::bigint[]) AS amount_captured,
  unnest($8::bigint[]) AS amount_refunded, unnest($9::bigint[]) AS amount_refund_pending,
  unnest($10::bigint[]) AS amount_disputed, unnest($11::json[]) AS last_error,
  unnest($12::json[]) AS next_action, unnest($13::text[]) AS gateway_intent_id) AS new
WHERE intent.id = new.id AND intent.version = new.version_before
  AND intent.created_at BETWEEN $14 AND $15`;

/**
 * Writes the intents that changed.
 *
 * @throws VersionConflictError if one of them changed since it was loaded, which only a writer without the lock can do
 */
export async function updateIntents(em: EntityManager, changes: readonly PaymentChange[]): Promise<void> {
  const changed = changes.filter(isIntentChanged);
  if (changed.length === 0) return;
  const after = changed.map(({ folded }) => folded.payment.intent);
  const ids = after.map(({ id }) => id);
  const [, updated]: [unknown, number] = await em.query(SQL, [
    uuids(ids),
    bigints(changed.map(({ before }) => before.payment.intent.version)),
    bigints(after.map(({ version }) => version)),
    texts(after.map(({ status }) => status)),
    smallints(after.map(({ currentLeg }) => currentLeg)),
    bigints(after.map(({ amountAuthorized }) => amountAuthorized)),
    bigints(after.map(({ amountCaptured }) => amountCaptured)),
    bigints(after.map(({ amountRefunded }) => amountRefunded)),
    bigints(after.map(({ amountRefundPending }) => amountRefundPending)),
    bigints(after.map(({ amountDisputed }) => amountDisputed)),
    jsons(after.map(({ lastError }) => jsonOrNull(lastError))),
    jsons(after.map(({ nextAction }) => jsonOrNull(nextAction))),
    texts(changed.map(({ folded }) => currentObjectId(folded.payment))),
    ...timeSpanOf(ids),
  ]);
  if (updated === changed.length) return;
  throw new VersionConflictError(`${changed.length - updated} intents have another version`);
}

function isIntentChanged({ before, folded }: PaymentChange): boolean {
  return folded.intentChanged || currentObjectId(before.payment) !== currentObjectId(folded.payment);
}

function jsonOrNull(value: unknown): string | null {
  return value === null ? null : JSON.stringify(value);
}
