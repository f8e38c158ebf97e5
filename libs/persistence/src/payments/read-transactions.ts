import {
  type GatewayProvider,
  type TransactionKey,
  type TransactionState,
  type TransactionStatus,
  type TransactionType,
  transactionKeyOf,
} from '@payments/domain';
import type { EntityManager } from 'typeorm';
import { uuids } from '../statements/binary-arrays.js';

/** Transactions of one intent, and the internal ids of their rows. */
export interface TransactionsOfIntent {
  readonly states: Map<TransactionKey, TransactionState>;
  readonly rowIds: Map<TransactionKey, string>;
}

export interface ReadTransactions {
  readonly ofIntents: ReadonlyMap<string, TransactionsOfIntent>;
  /** Intents of which a transaction was archived with its partition: nothing can be decided on the others alone. */
  readonly archivedIn: ReadonlySet<string>;
}

/** Of a key without its transaction. */
interface ArchivedRow {
  readonly payment_intent_id: string;
  readonly id: null;
}

interface Row {
  readonly id: string;
  readonly payment_intent_id: string;
  readonly leg: number;
  readonly gateway_provider: GatewayProvider;
  readonly type: TransactionType;
  readonly status: TransactionStatus;
  readonly amount: string;
  readonly currency: string;
  readonly gateway_transaction_id: string;
  readonly gateway_reference: string | null;
  readonly gateway_parent_id: string | null;
  readonly event_ms: number;
  readonly failure_code: string | null;
  readonly failure_message: string | null;
}

// Loops over the keys: each row is then one lookup in the partition that its id determines. With a join, Postgres scans
// whole partitions that have no statistics yet, as at the start of a month. OFFSET 0 prevents that join.
const SQL = `
SELECT wanted.payment_intent_id, found.*
FROM unnest($1::uuid[]) AS wanted (payment_intent_id)
CROSS JOIN LATERAL (
  SELECT id FROM payment_transaction_keys WHERE payment_intent_id = wanted.payment_intent_id OFFSET 0
) key
LEFT JOIN LATERAL (
  SELECT id, leg, gateway_provider, type, status, amount, currency, gateway_transaction_id,
    gateway_reference, gateway_parent_id, failure_code, failure_message,
    (extract(epoch FROM coalesce(event_time, created_at)) * 1000)::float8 AS event_ms
  FROM payment_transactions WHERE id = key.id AND created_at = uuid_v7_time(key.id) OFFSET 0
) found ON true`;

/** All transactions of intents. Read them once the intents are locked: they change under that lock only. */
export async function readTransactions(
  em: EntityManager,
  intentIds: readonly string[],
): Promise<ReadTransactions> {
  const ofIntents = new Map<string, TransactionsOfIntent>();
  const archivedIn = new Set<string>();
  if (intentIds.length === 0) return { ofIntents, archivedIn };
  const rows: (Row | ArchivedRow)[] = await em.query(SQL, [uuids(intentIds)]);
  for (const row of rows) {
    if (row.id === null) {
      archivedIn.add(row.payment_intent_id);
      continue;
    }
    const ofIntent = ofIntents.get(row.payment_intent_id) ?? { states: new Map(), rowIds: new Map() };
    const state = stateOf(row);
    const key = transactionKeyOf(state);
    ofIntent.states.set(key, state);
    ofIntent.rowIds.set(key, row.id);
    ofIntents.set(row.payment_intent_id, ofIntent);
  }
  return { ofIntents, archivedIn };
}

function stateOf(row: Row): TransactionState {
  return {
    provider: row.gateway_provider,
    type: row.type,
    objectId: row.gateway_transaction_id,
    leg: row.leg,
    status: row.status,
    amount: { amountMinor: BigInt(row.amount), currency: row.currency },
    occurredAt: row.event_ms,
    reference: row.gateway_reference,
    parentId: row.gateway_parent_id,
    failure: row.failure_code === null ? null : { code: row.failure_code, message: row.failure_message },
  };
}
