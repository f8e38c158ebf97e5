import type { Sums } from '@payments/domain';
import type { Database } from '@payments/persistence';

/** The fields of an intent's row that facts determine. */
export interface IntentRow extends Sums {
  readonly status: string;
  readonly version: number;
  readonly amount: bigint;
  readonly currency: string;
  readonly currentLeg: number;
  readonly lastError: unknown;
  readonly nextAction: unknown;
}

export interface TransactionRow {
  readonly status: string;
  readonly leg: number;
  readonly amount: bigint;
  readonly currency: string;
  /** The gateway's time, in milliseconds since the epoch. */
  readonly occurredAt: number;
  readonly reference: string | null;
  readonly parent: string | null;
  readonly failure: string | null;
}

export interface WebhookRow {
  readonly provider: string;
  readonly eventType: string;
  readonly status: string;
  readonly paymentIntentId: string | null;
  readonly error: string | null;
  readonly applied: Applied;
}

/** When a webhook was applied. */
export interface Applied {
  /** The transaction that wrote the row. */
  readonly transaction: string;
  /** When, under the locks of its payments, in milliseconds since the epoch. */
  readonly atMs: number;
  /** Of its record. Facts with equal times are applied in the order of offsets, then of partitions. */
  readonly offset: number;
  readonly partition: number;
}

/** The rows of some payments. */
export interface StoredLedger {
  /** By public intent id. */
  readonly intents: ReadonlyMap<string, { readonly id: string; readonly row: IntentRow }>;
  /** By internal id of the intent, then by provider, type and object. */
  readonly transactions: ReadonlyMap<string, ReadonlyMap<string, TransactionRow>>;
  /** By webhook id. */
  readonly webhooks: ReadonlyMap<string, WebhookRow>;
}

type Text = Readonly<Record<string, string>>;

const INTENTS = `
SELECT id, intent_id, status, version::text, amount::text, currency, current_leg, last_error, next_action,
  amount_authorized::text, amount_captured::text, amount_refunded::text, amount_refund_pending::text,
  amount_disputed::text
FROM payment_intents WHERE id IN (SELECT payment_intent_id FROM payment_intent_keys WHERE intent_id = ANY($1))`;

const TRANSACTIONS = `
SELECT payment_intent_id, gateway_provider || ' ' || type || ' ' || gateway_transaction_id AS name, status, leg,
  amount::text, currency, (1000 * extract(epoch FROM event_time))::text AS occurred_at, gateway_reference,
  gateway_parent_id, failure_code
FROM payment_transactions WHERE payment_intent_id = ANY($1)`;

const WEBHOOKS = `
SELECT id, webhook_id, gateway_provider, event_type, status, payment_intent_id, error, xmin::text AS transaction,
  kafka_offset::text AS offset, kafka_partition::text AS partition, (1000 * extract(epoch FROM processed_at))::text AS applied_ms
FROM payment_webhooks WHERE webhook_id = ANY($1)`;

export async function readLedger(
  { primary }: Pick<Database, 'primary'>,
  {
    intentIds,
    webhookIds,
  }: { readonly intentIds: readonly string[]; readonly webhookIds: readonly string[] },
): Promise<StoredLedger> {
  const [found, webhooks] = (await Promise.all([
    primary.query(INTENTS, [intentIds]),
    primary.query(WEBHOOKS, [webhookIds]),
  ])) as [Text[], Text[]];
  const rows: Text[] = await primary.query(TRANSACTIONS, [found.map(({ id }) => id)]);
  const transactions = new Map<string, Map<string, TransactionRow>>();
  for (const row of rows) {
    const owner = row.payment_intent_id ?? '';
    const own = transactions.get(owner) ?? new Map<string, TransactionRow>();
    transactions.set(owner, own.set(row.name ?? '', transactionOf(row)));
  }
  return {
    intents: new Map(found.map((row) => [row.intent_id ?? '', { id: row.id ?? '', row: intentOf(row) }])),
    transactions,
    webhooks: new Map(webhooks.map((row) => [row.webhook_id ?? '', webhookOf(row)])),
  };
}

function intentOf(row: Text): IntentRow {
  const sum = (name: string): bigint => BigInt(row[name] ?? -1);
  return {
    status: row.status ?? '',
    version: Number(row.version),
    amount: sum('amount'),
    currency: row.currency ?? '',
    currentLeg: Number(row.current_leg),
    lastError: row.last_error,
    nextAction: row.next_action,
    amountAuthorized: sum('amount_authorized'),
    amountCaptured: sum('amount_captured'),
    amountRefunded: sum('amount_refunded'),
    amountRefundPending: sum('amount_refund_pending'),
    amountDisputed: sum('amount_disputed'),
  };
}

function transactionOf(row: Text): TransactionRow {
  return {
    status: row.status ?? '',
    leg: Number(row.leg),
    amount: BigInt(row.amount ?? -1),
    currency: row.currency ?? '',
    occurredAt: Number(row.occurred_at),
    reference: row.gateway_reference ?? null,
    parent: row.gateway_parent_id ?? null,
    failure: row.failure_code ?? null,
  };
}

function webhookOf(row: Text): WebhookRow {
  return {
    provider: row.gateway_provider ?? '',
    eventType: row.event_type ?? '',
    status: row.status ?? '',
    paymentIntentId: row.payment_intent_id ?? null,
    error: row.error ?? null,
    applied: {
      transaction: row.transaction ?? '',
      atMs: Number(row.applied_ms ?? Number.POSITIVE_INFINITY),
      offset: Number(row.offset),
      partition: Number(row.partition),
    },
  };
}

/** Number of rows in each table, to find unexpected ones. */
export interface RowCounts {
  readonly intents: number;
  readonly transactions: number;
  readonly transactionKeys: number;
  readonly webhooks: number;
  readonly bodies: number;
}

export async function countRows({ primary }: Pick<Database, 'primary'>): Promise<RowCounts> {
  const [row] = (await primary.query(`SELECT
    (SELECT count(*)::int FROM payment_intents) AS intents,
    (SELECT count(*)::int FROM payment_transactions) AS transactions,
    (SELECT count(*)::int FROM payment_transaction_keys) AS "transactionKeys",
    (SELECT count(*)::int FROM payment_webhooks) AS webhooks,
    (SELECT count(*)::int FROM payment_webhook_bodies) AS bodies`)) as [RowCounts];
  return { ...row };
}
