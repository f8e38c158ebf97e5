import { randomUUID } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import {
  ATTEMPT_STATES,
  GATEWAY_OPERATIONS,
  GATEWAY_PROVIDERS,
  INTENT_STATUSES,
  TRANSACTION_STATUSES,
  TRANSACTION_TYPES,
  uuidv7,
  uuidv7Time,
  WEBHOOK_STATUSES,
} from '@payments/domain';
import type { Database } from './database.js';
import { databaseErrorOf } from './database-error.js';
import { ENTITIES } from './entities/index.js';
import { type PaymentIntentEntity, paymentIntentSchema } from './entities/payment-intent.js';
import { paymentIntentKeySchema } from './entities/payment-intent-key.js';
import { type PaymentTransactionEntity, paymentTransactionSchema } from './entities/payment-transaction.js';
import { useDatabase } from './testing/use-database.js';

let database: Database;
useDatabase((opened) => {
  database = opened;
});

/** The seed's indexes: name → columns and predicate, as Postgres writes them. */
const SEED = {
  payment_intents: {
    idx_payment_intents_order_id: '(order_id)',
    idx_payment_intents_status: '(status)',
    idx_payment_intents_gateway_provider: '(gateway_provider)',
    idx_payment_intents_created_at: '(created_at)',
    idx_payment_intents_expires_at: '(expires_at)',
    idx_payment_intents_order_status: '(order_id, status)',
    idx_payment_intents_gateway_status: '(gateway_provider, status)',
    idx_payment_intents_status_created: '(status, created_at DESC)',
    idx_payment_intents_active:
      "(order_id, status) WHERE (status = ANY (ARRAY['CREATED'::text, 'REQUIRES_PAYMENT_METHOD'::text, 'REQUIRES_CONFIRMATION'::text, 'REQUIRES_ACTION'::text, 'PROCESSING'::text]))",
    idx_payment_intents_expired:
      "(expires_at) WHERE (status <> ALL (ARRAY['SUCCEEDED'::text, 'CANCELED'::text, 'FAILED'::text, 'EXPIRED'::text]))",
  },
  payment_transactions: {
    idx_payment_transactions_payment_intent_id: '(payment_intent_id)',
    idx_payment_transactions_status: '(status)',
    idx_payment_transactions_type: '(type)',
    idx_payment_transactions_gateway_transaction_id: '(gateway_transaction_id)',
    idx_payment_transactions_processed_at: '(processed_at)',
    idx_payment_transactions_reconciled: '(reconciled)',
    idx_payment_transactions_created_at: '(created_at)',
    idx_payment_transactions_intent_status: '(payment_intent_id, status)',
    idx_payment_transactions_type_status: '(type, status)',
    idx_payment_transactions_reconciliation: '(reconciled, processed_at)',
  },
  payment_webhooks: {
    idx_payment_webhooks_payment_intent_id: '(payment_intent_id)',
    idx_payment_webhooks_event_type: '(event_type)',
    idx_payment_webhooks_status: '(status)',
    idx_payment_webhooks_processed: '(processed)',
    idx_payment_webhooks_received_at: '(received_at)',
    idx_payment_webhooks_provider_type: '(gateway_provider, event_type)',
    idx_payment_webhooks_unprocessed: '(status, processed) WHERE (processed = false)',
  },
};

test.each(Object.entries(SEED))('%s has every index of the seed, under its name', async (table, wanted) => {
  const rows: { indexname: string; indexdef: string }[] = await database.primary.query(
    `SELECT indexname, indexdef FROM pg_indexes WHERE tablename = $1 AND indexname LIKE 'idx_%'`,
    [table],
  );
  const found = Object.fromEntries(rows.map((row) => [row.indexname, row.indexdef.split('USING btree ')[1]]));
  expect(found).toMatchObject(wanted);
});

test("the seed's unique ids are unique over all partitions", async () => {
  const rows: { name: string; columns: string }[] = await database.primary.query(`
    SELECT indexrelid::regclass::text AS name, pg_get_indexdef(indexrelid) AS columns FROM pg_index
    WHERE indisunique AND NOT indisprimary AND indrelid::regclass::text !~ '(_default|_[0-9]+)$'
      AND indrelid::regclass::text !~ '^(schema_migrations|pg_)' ORDER BY 1`);
  const found = rows.map((row) => [row.name, row.columns.split('USING btree ')[1]]).filter(([, c]) => c);
  expect(Object.fromEntries(found)).toMatchObject({
    payment_intent_keys_intent_id: '(intent_id)',
    payment_intent_keys_order_provider_attempt: '(order_id, gateway_provider, attempt)',
    payment_intent_keys_one_live_per_order: '(order_id) WHERE (live AND (NOT allow_another))',
    payment_transaction_keys_transaction_id: '(transaction_id)',
    payment_webhooks_webhook_id: '(webhook_id)',
  });
});

test.each([
  ['payment_intents_status', INTENT_STATUSES],
  ['payment_transactions_status', TRANSACTION_STATUSES],
  ['payment_transactions_type', TRANSACTION_TYPES],
  ['payment_transaction_keys_type', TRANSACTION_TYPES],
  ['payment_webhooks_status', WEBHOOK_STATUSES],
  ['payment_intents_gateway_provider', GATEWAY_PROVIDERS],
  ['payment_intent_keys_gateway_provider', GATEWAY_PROVIDERS],
  ['intent_legs_gateway_provider', GATEWAY_PROVIDERS],
  ['gateway_object_refs_gateway_provider', GATEWAY_PROVIDERS],
  ['payment_transactions_gateway_provider', GATEWAY_PROVIDERS],
  ['payment_transaction_keys_gateway_provider', GATEWAY_PROVIDERS],
  ['payment_webhooks_gateway_provider', GATEWAY_PROVIDERS],
  ['gateway_requests_gateway_provider', GATEWAY_PROVIDERS],
  ['gateway_requests_operation', GATEWAY_OPERATIONS],
  ['gateway_attempts_gateway_provider', GATEWAY_PROVIDERS],
  ['gateway_attempts_operation', GATEWAY_OPERATIONS],
  ['gateway_attempts_state', ATTEMPT_STATES],
  ['gateway_configs_gateway_provider', GATEWAY_PROVIDERS],
])('%s allows what the code knows, and nothing else', async (name, known) => {
  const [row] = await database.primary.query(
    'SELECT pg_get_constraintdef(oid) AS text FROM pg_constraint WHERE conname = $1 LIMIT 1',
    [name],
  );
  const allowed = [...String(row.text).matchAll(/'(\w+)'/g)].map((match) => match[1]);
  expect(allowed.sort()).toEqual([...known].sort());
});

test('the entities have the columns of their tables, and each may be null where the table says so', async () => {
  const nullable: Record<string, Record<string, boolean>> = {};
  for (const { options } of ENTITIES) {
    const columns = Object.values(options.columns).filter((column) => column !== undefined);
    nullable[String(options.tableName)] = Object.fromEntries(
      columns.map((column) => [column.name, column.nullable === true]),
    );
  }
  const rows: { t: string; c: string; n: string }[] = await database.primary.query(
    `SELECT table_name AS t, column_name AS c, is_nullable AS n FROM information_schema.columns
     WHERE table_name = ANY ($1)`,
    [Object.keys(nullable)],
  );
  const inDatabase: typeof nullable = {};
  for (const { t, c, n } of rows) inDatabase[t] = { ...inDatabase[t], [c]: n === 'YES' };
  expect(inDatabase).toEqual(nullable);
});

test('the database derives the same time from an id as the code', async () => {
  for (const at of [0, 1, 999, 1_700_000_000_123, 4_102_444_799_999]) {
    const id = uuidv7(at);
    expect(await database.primary.query('SELECT uuid_v7_time($1) AS at', [id])).toEqual([
      { at: uuidv7Time(id) },
    ]);
  }
});

describe('money', () => {
  const intent = (over: Partial<PaymentIntentEntity> = {}): Partial<PaymentIntentEntity> => {
    const id = uuidv7();
    return {
      id,
      createdAt: uuidv7Time(id),
      updatedAt: new Date(),
      intentId: randomUUID(),
      orderId: 'order-1',
      customerId: 'c',
      amount: 1999n,
      currency: 'USD',
      currencyExponent: 2,
      gatewayProvider: 'stripe',
      status: 'CREATED',
      ...over,
    };
  };
  const transaction = (over: Partial<PaymentTransactionEntity> = {}): Partial<PaymentTransactionEntity> => {
    const id = uuidv7();
    return {
      id,
      createdAt: uuidv7Time(id),
      updatedAt: new Date(),
      transactionId: randomUUID(),
      leg: 1,
      paymentIntentId: uuidv7(),
      amount: 1999n,
      currency: 'JPY',
      currencyExponent: 0,
      type: 'PAYMENT',
      gatewayProvider: 'stripe',
      status: 'SUCCEEDED',
      gatewayTransactionId: 'pi_1',
      source: 'gateway',
      ...over,
    };
  };
  const constraintThatRefuses = async (inserting: Promise<unknown>): Promise<string | undefined> => {
    const found = databaseErrorOf(await inserting.catch((thrown: unknown) => thrown));
    return found?.kind === 'statement' ? found.constraint : undefined;
  };

  test('comes back exactly, past the safe integers too', async () => {
    const row = intent({
      amount: 2n ** 62n + 1n,
      amountCaptured: 5n,
      amountRefunded: 3n,
      amountRefundPending: 2n,
    });
    const intents = database.primary.getRepository(paymentIntentSchema);
    await intents.insert(row);
    expect(await intents.findOneBy({ id: String(row.id) })).toMatchObject({ ...row, version: 1n });
  });

  test('captured on two legs can be stored', async () => {
    await database.primary.getRepository(paymentIntentSchema).insert(intent({ amountCaptured: 3998n }));
  });

  test.each([
    ['payment_intents_amount', { amount: 0n }],
    ['payment_intents_amount', { amount: -1n }],
    ['payment_intents_sums', { amountCaptured: -1n, amountRefunded: -1n }],
    ['payment_intents_sums', { amountAuthorized: -1n }],
    ['payment_intents_sums', { amountDisputed: -1n }],
    ['payment_intents_refunds_within_captures', { amountRefunded: 1n }],
    [
      'payment_intents_refunds_within_captures',
      { amountCaptured: 9n, amountRefunded: 5n, amountRefundPending: 5n },
    ],
    ['payment_intents_currency', { currency: 'usd' }],
    ['payment_intents_currency', { currency: 'US' }],
    ['payment_intents_currency_exponent', { currencyExponent: 5 }],
    ['payment_intents_version', { version: 0n }],
    ['payment_intents_status', { status: 'PAID' as 'SUCCEEDED' }],
    ['payment_intents_created_at_of_id', { createdAt: new Date(1_700_000_000_000) }],
    ['payment_intents_key_lengths', { orderId: 'x'.repeat(3000) }],
  ])('%s refuses an intent with %p', async (constraint, over) => {
    const inserting = database.primary.getRepository(paymentIntentSchema).insert(intent(over));
    expect(await constraintThatRefuses(inserting)).toBe(constraint);
  });

  test.each([
    ['payment_transactions_amount', { amount: -1n }],
    ['payment_transactions_currency', { currency: '$$$' }],
    ['payment_transactions_type', { type: 'CHARGE' as 'PAYMENT' }],
    ['payment_transactions_created_at_of_id', { createdAt: new Date(1_700_000_000_000) }],
  ])('%s refuses a transaction with %p', async (constraint, over) => {
    const inserting = database.primary.getRepository(paymentTransactionSchema).insert(transaction(over));
    expect(await constraintThatRefuses(inserting)).toBe(constraint);
  });
});

describe('one live or paid intent per order', () => {
  const keys = () => database.primary.getRepository(paymentIntentKeySchema);
  const key = (orderId: string, attempt: number, over: object = {}) => ({
    paymentIntentId: uuidv7(),
    intentId: randomUUID(),
    orderId,
    attempt,
    gatewayProvider: 'stripe' as const,
    ...over,
  });
  const SECOND_LIVE = { driverError: { constraint: 'payment_intent_keys_one_live_per_order' } };

  test('a second one is refused, on another provider too', async () => {
    await keys().insert(key('o1', 1));
    await expect(keys().insert(key('o1', 2))).rejects.toMatchObject(SECOND_LIVE);
    const elsewhere = key('o1', 1, { gatewayProvider: 'paypal' });
    await expect(keys().insert(elsewhere)).rejects.toMatchObject(SECOND_LIVE);
  });

  test('once the first has failed another is allowed; a late capture of the first is exempt', async () => {
    const first = key('o2', 1);
    await keys().insert(first);
    await keys().update({ paymentIntentId: first.paymentIntentId }, { live: false });
    await keys().insert(key('o2', 2));
    const reviving = keys().update({ paymentIntentId: first.paymentIntentId }, { live: true });
    await expect(reviving).rejects.toMatchObject(SECOND_LIVE);
  });

  test('allowAnother allows another', async () => {
    await keys().insert(key('o3', 1));
    await keys().insert(key('o3', 2, { allowAnother: true }));
    await keys().insert(key('o3', 3, { allowAnother: true }));
  });
});
