import { currencyExponent, transactionKeyOf } from '@payments/domain';
import type { EntityManager } from 'typeorm';
import { bigints, doubles, smallints, texts, uuids } from '../statements/binary-arrays.js';
import { timeSpanOf } from './lock-intents.js';
import type { PaymentChange } from './payment-change.js';
import { VersionConflictError } from './version-conflict-error.js';

// processed_at is the time of its first final status: a refund that fails after it succeeded keeps that time.
const SQL = `
UPDATE payment_transactions row SET updated_at = now(), status = new.status, amount = new.amount,
  currency = new.currency, currency_exponent = new.currency_exponent,
  event_time = to_timestamp(new.event_ms / 1000), gateway_reference = new.gateway_reference,
  failure_code = new.failure_code, failure_message = new.failure_message, leg = new.leg,
  gateway_parent_id = new.gateway_parent_id,
  processed_at = coalesce(row.processed_at, CASE WHEN new.status <> 'PENDING' THEN now() END)
FROM (SELECT unnest($1::uuid[]) AS id, unnest($2::text[]) AS status, unnest($3::bigint[]) AS amount,
  unnest($4::text[]) AS currency, unnest($5::smallint[]) AS currency_exponent, unnest($6::float8[]) AS event_ms,
  unnest($7::text[]) AS gateway_reference, unnest($8::text[]) AS failure_code,
  unnest($9::text[]) AS failure_message, unnest($10::smallint[]) AS leg,
  unnest($11::text[]) AS gateway_parent_id) AS new
WHERE row.id = new.id AND row.created_at BETWEEN $12 AND $13`;

/** Updates stored transactions with what was reported. */
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
  const [, updated]: [unknown, number] = await em.query(SQL, [
    uuids(ids),
    texts(states.map(({ status }) => status)),
    bigints(states.map(({ amount }) => amount.amountMinor)),
    texts(states.map(({ amount }) => amount.currency)),
    smallints(states.map(({ amount }) => currencyExponent(amount.currency))),
    doubles(states.map(({ occurredAt }) => occurredAt)),
    texts(states.map(({ reference }) => reference)),
    texts(states.map(({ failure }) => failure?.code ?? null)),
    texts(states.map(({ failure }) => failure?.message ?? null)),
    smallints(states.map(({ leg }) => leg)),
    texts(states.map(({ parentId }) => parentId)),
    ...timeSpanOf(ids),
  ]);
  if (updated === rows.length) return;
  throw new VersionConflictError('a transaction went away while its payment was locked');
}
