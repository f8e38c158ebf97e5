import { randomUUID } from 'node:crypto';
import {
  currencyExponent,
  type TransactionState,
  transactionKeyOf,
  uuidv7,
  uuidv7Time,
} from '@payments/domain';
import type { EntityManager } from 'typeorm';
import {
  type ArrayParameter,
  bigints,
  doubles,
  smallints,
  texts,
  times,
  uuids,
} from '../statements/binary-arrays.js';
import type { PaymentChange } from './payment-change.js';
import type { ReportSource } from './report.js';
import { unlessTaken } from './version-conflict-error.js';

// The unique key ensures that a transaction of another payment is not written a second time.
const SQL = `
WITH keys AS (
  INSERT INTO payment_transaction_keys
    (id, transaction_id, payment_intent_id, gateway_provider, type, gateway_object_id)
  SELECT unnest($1::uuid[]), unnest($3::uuid[]), unnest($4::uuid[]), unnest($6::text[]), unnest($7::text[]),
    unnest($9::text[])
)
INSERT INTO payment_transactions (id, created_at, updated_at, processed_at, event_time, transaction_id,
  payment_intent_id, leg, gateway_provider, type, status, gateway_transaction_id, gateway_reference, amount,
  currency, currency_exponent, source, failure_code, failure_message, gateway_parent_id)
SELECT id, created_at, now(), CASE WHEN status <> 'PENDING' THEN now() END, to_timestamp(event_ms / 1000),
  transaction_id, payment_intent_id, leg, gateway_provider, type, status, gateway_transaction_id,
  gateway_reference, amount, currency, currency_exponent, source, failure_code, failure_message,
  gateway_parent_id
FROM (SELECT unnest($1::uuid[]) AS id, unnest($2::timestamptz[]) AS created_at,
  unnest($3::uuid[]) AS transaction_id, unnest($4::uuid[]) AS payment_intent_id, unnest($5::smallint[]) AS leg,
  unnest($6::text[]) AS gateway_provider, unnest($7::text[]) AS type, unnest($8::text[]) AS status,
  unnest($9::text[]) AS gateway_transaction_id, unnest($10::text[]) AS gateway_reference,
  unnest($11::bigint[]) AS amount, unnest($12::text[]) AS currency, unnest($13::smallint[]) AS currency_exponent,
  unnest($14::float8[]) AS event_ms, unnest($15::text[]) AS source, unnest($16::text[]) AS failure_code,
  unnest($17::text[]) AS failure_message, unnest($18::text[]) AS gateway_parent_id) AS transaction`;

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
  const taken = 'a transaction is of another payment, or was written without the lock of its own';
  await unlessTaken('payment_transaction_keys_pkey', taken, () => em.query(SQL, columnsOf(rows)));
}

function columnsOf(rows: readonly NewTransaction[]): ArrayParameter[] {
  const ids = rows.map(() => uuidv7());
  const states = rows.map(({ state }) => state);
  return [
    uuids(ids),
    times(ids.map(uuidv7Time)),
    // Public, so it must not reveal when the transaction was created.
    uuids(rows.map(() => randomUUID())),
    uuids(rows.map(({ paymentIntentId }) => paymentIntentId)),
    smallints(states.map(({ leg }) => leg)),
    texts(states.map(({ provider }) => provider)),
    texts(states.map(({ type }) => type)),
    texts(states.map(({ status }) => status)),
    texts(states.map(({ objectId }) => objectId)),
    texts(states.map(({ reference }) => reference)),
    bigints(states.map(({ amount }) => amount.amountMinor)),
    texts(states.map(({ amount }) => amount.currency)),
    smallints(states.map(({ amount }) => currencyExponent(amount.currency))),
    doubles(states.map(({ occurredAt }) => occurredAt)),
    texts(rows.map(({ source }) => source)),
    texts(states.map(({ failure }) => failure?.code ?? null)),
    texts(states.map(({ failure }) => failure?.message ?? null)),
    texts(states.map(({ parentId }) => parentId)),
  ];
}

/** Sorted by key: all writers insert in this order, to avoid deadlocks. */
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
