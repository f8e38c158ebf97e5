import { currencyExponent, transactionKeyOf } from '@payments/domain';
import type { EntityManager } from 'typeorm';
import { timeSpanOf } from './lock-intents.js';
import type { PaymentChange } from './payment-change.js';
import { VersionConflictError } from './version-conflict-error.js';

// processed_at is when it ended first: a refund that failed after it had succeeded keeps the first time.
const SQL = `
WITH updated AS (
  UPDATE payment_transactions row SET updated_at = now(), status = new.status, amount = new.amount,
    currency = new.currency, currency_exponent = new.currency_exponent,
    event_time = to_timestamp(new.event_ms / 1000), gateway_reference = new.gateway_reference,
    failure_code = new.failure_code, failure_message = new.failure_message, leg = new.leg,
    gateway_parent_id = new.gateway_parent_id,
    processed_at = coalesce(row.processed_at, CASE WHEN new.status <> 'PENDING' THEN now() END)
  FROM unnest($1::uuid[], $2::text[], $3::bigint[], $4::text[], $5::smallint[], $6::float8[], $7::text[],
    $8::text[], $9::text[], $10::smallint[], $11::text[])
    AS new (id, status, amount, currency, currency_exponent, event_ms, gateway_reference, failure_code,
      failure_message, leg, gateway_parent_id)
  WHERE row.id = new.id AND row.created_at BETWEEN $12 AND $13
  RETURNING 1
)
SELECT count(*)::int AS updated FROM updated`;

/** Writes what was reported of transactions that are stored. */
export async function updateTransactions(
  em: EntityManager,
  changes: readonly PaymentChange[],
): Promise<void> {
  const rows = changes.flatMap(({ before, folded }) =>
    folded.transactions
      .filter(({ action }) => action === 'update')
      .map(({ transaction }) => ({
        id: before.transactionIds.get(transactionKeyOf(transaction)),
        transaction,
      })),
  );
  if (rows.length === 0) return;
  const states = rows.map(({ transaction }) => transaction);
  const ids = rows.map(({ id }) => {
    if (id === undefined) throw new Error('a transaction is updated that was not loaded');
    return id;
  });
  const [row]: { updated: number }[] = await em.query(SQL, [
    ids,
    states.map(({ status }) => status),
    states.map(({ amount }) => amount.amountMinor),
    states.map(({ amount }) => amount.currency),
    states.map(({ amount }) => currencyExponent(amount.currency)),
    states.map(({ occurredAt }) => occurredAt),
    states.map(({ reference }) => reference),
    states.map(({ failure }) => failure?.code ?? null),
    states.map(({ failure }) => failure?.message ?? null),
    states.map(({ leg }) => leg),
    states.map(({ parentId }) => parentId),
    ...timeSpanOf(ids),
  ]);
  if (row?.updated === rows.length) return;
  throw new VersionConflictError('a transaction went away while its payment was locked');
}
