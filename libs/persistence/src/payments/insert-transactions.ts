import { randomUUID } from 'node:crypto';
import {
  currencyExponent,
  type TransactionState,
  transactionKeyOf,
  uuidv7,
  uuidv7Time,
} from '@payments/domain';
import type { EntityManager } from 'typeorm';
import type { PaymentChange } from './payment-change.js';
import type { ReportSource } from './report.js';
import { VersionConflictError } from './version-conflict-error.js';

// The key decides: a transaction that another payment has already is not written a second time.
const SQL = `
WITH input AS (
  SELECT * FROM unnest($1::uuid[], $2::timestamptz[], $3::uuid[], $4::uuid[], $5::smallint[], $6::text[],
    $7::text[], $8::text[], $9::text[], $10::text[], $11::bigint[], $12::text[], $13::smallint[],
    $14::float8[], $15::text[], $16::text[], $17::text[], $18::text[])
  AS row (id, created_at, transaction_id, payment_intent_id, leg, gateway_provider, type, status,
    gateway_object_id, gateway_reference, amount, currency, currency_exponent, event_ms, source, failure_code,
    failure_message, gateway_parent_id)
), keys AS (
  INSERT INTO payment_transaction_keys
    (gateway_provider, type, gateway_object_id, id, transaction_id, payment_intent_id)
  SELECT gateway_provider, type, gateway_object_id, id, transaction_id, payment_intent_id FROM input
  ON CONFLICT DO NOTHING
  RETURNING id
), inserted AS (
  INSERT INTO payment_transactions (id, created_at, updated_at, processed_at, event_time, transaction_id,
    payment_intent_id, leg, gateway_provider, type, status, gateway_transaction_id, gateway_reference, amount,
    currency, currency_exponent, source, failure_code, failure_message, gateway_parent_id)
  SELECT id, created_at, now(), CASE WHEN status <> 'PENDING' THEN now() END, to_timestamp(event_ms / 1000),
    transaction_id, payment_intent_id, leg, gateway_provider, type, status, gateway_object_id,
    gateway_reference, amount, currency, currency_exponent, source, failure_code, failure_message,
    gateway_parent_id
  FROM input JOIN keys USING (id)
  RETURNING 1
)
SELECT count(*)::int AS inserted FROM inserted`;

interface NewTransaction {
  readonly paymentIntentId: string;
  readonly state: TransactionState;
  readonly source: ReportSource;
}

/** Writes new transactions with their keys. @throws VersionConflictError if a key was there already */
export async function insertTransactions(
  em: EntityManager,
  changes: readonly PaymentChange[],
): Promise<void> {
  const rows = newTransactions(changes);
  if (rows.length === 0) return;
  const ids = rows.map(() => uuidv7());
  const states = rows.map(({ state }) => state);
  const [row]: { inserted: number }[] = await em.query(SQL, [
    ids,
    ids.map(uuidv7Time),
    // Public: it must not tell when it was made.
    rows.map(() => randomUUID()),
    rows.map(({ paymentIntentId }) => paymentIntentId),
    states.map(({ leg }) => leg),
    states.map(({ provider }) => provider),
    states.map(({ type }) => type),
    states.map(({ status }) => status),
    states.map(({ objectId }) => objectId),
    states.map(({ reference }) => reference),
    states.map(({ amount }) => amount.amountMinor),
    states.map(({ amount }) => amount.currency),
    states.map(({ amount }) => currencyExponent(amount.currency)),
    states.map(({ occurredAt }) => occurredAt),
    rows.map(({ source }) => source),
    states.map(({ failure }) => failure?.code ?? null),
    states.map(({ failure }) => failure?.message ?? null),
    states.map(({ parentId }) => parentId),
  ]);
  if (row?.inserted === rows.length) return;
  throw new VersionConflictError(
    `${rows.length - (row?.inserted ?? 0)} transactions are of another payment, or were written without its lock`,
  );
}

/** In the order of their keys, as everyone inserts them. */
function newTransactions(changes: readonly PaymentChange[]): NewTransaction[] {
  const keyed = changes.flatMap(({ folded, sources }) =>
    folded.transactions
      .filter(({ action }) => action === 'insert')
      .map(({ transaction }) => {
        const key = transactionKeyOf(transaction);
        const source = sources.get(key) ?? 'gateway';
        return { key, row: { paymentIntentId: folded.payment.intent.id, state: transaction, source } };
      }),
  );
  return keyed.sort((a, b) => (a.key < b.key ? -1 : 1)).map(({ row }) => row);
}
