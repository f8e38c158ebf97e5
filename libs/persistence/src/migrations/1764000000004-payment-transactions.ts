import type { MigrationInterface, QueryRunner } from 'typeorm';

const PROVIDER = `gateway_provider IN ('stripe', 'paypal', 'razorpay')`;
const TYPE = `type IN ('PAYMENT', 'AUTHORIZATION', 'REFUND', 'VOID', 'DISPUTE')`;

const TABLE = `
  CREATE TABLE payment_transactions (
    id uuid NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    processed_at timestamptz,
    -- The gateway's own time of the fact last applied.
    event_time timestamptz,
    reconciled_at timestamptz,
    amount bigint NOT NULL,
    transaction_id uuid NOT NULL,
    payment_intent_id uuid NOT NULL,
    leg smallint NOT NULL,
    currency_exponent smallint NOT NULL,
    reconciled boolean NOT NULL DEFAULT false,
    currency char(3) NOT NULL,
    gateway_provider text NOT NULL,
    type text NOT NULL,
    status text NOT NULL,
    -- The gateway's object that this row is about, as in payment_transaction_keys.
    gateway_transaction_id text NOT NULL,
    -- Only noted: Stripe's charge under a payment intent, for one.
    gateway_reference text,
    -- Who reported it first.
    source text NOT NULL,
    failure_code text,
    failure_message text,
    PRIMARY KEY (id, created_at),
    CONSTRAINT payment_transactions_created_at_of_id CHECK (created_at = uuid_v7_time(id)),
    CONSTRAINT payment_transactions_amount CHECK (amount >= 0),
    CONSTRAINT payment_transactions_leg CHECK (leg >= 1),
    CONSTRAINT payment_transactions_currency CHECK (currency ~ '^[A-Z]{3}$'),
    CONSTRAINT payment_transactions_currency_exponent CHECK (currency_exponent BETWEEN 0 AND 4),
    CONSTRAINT payment_transactions_gateway_provider CHECK (${PROVIDER}),
    CONSTRAINT payment_transactions_type CHECK (${TYPE}),
    CONSTRAINT payment_transactions_status CHECK (status IN ('PENDING', 'SUCCEEDED', 'FAILED', 'CANCELED')),
    CONSTRAINT payment_transactions_source CHECK (source IN ('gateway', 'command', 'reconciliation')),
    CONSTRAINT payment_transactions_gateway_transaction_id_length
      CHECK (length(gateway_transaction_id) BETWEEN 1 AND 255)
  ) PARTITION BY RANGE (created_at)`;

const INDEXES = [
  'CREATE INDEX idx_payment_transactions_payment_intent_id ON payment_transactions (payment_intent_id)',
  'CREATE INDEX idx_payment_transactions_status ON payment_transactions (status)',
  'CREATE INDEX idx_payment_transactions_type ON payment_transactions (type)',
  'CREATE INDEX idx_payment_transactions_gateway_transaction_id ON payment_transactions (gateway_transaction_id)',
  'CREATE INDEX idx_payment_transactions_processed_at ON payment_transactions (processed_at)',
  'CREATE INDEX idx_payment_transactions_reconciled ON payment_transactions (reconciled)',
  'CREATE INDEX idx_payment_transactions_created_at ON payment_transactions (created_at)',
  'CREATE INDEX idx_payment_transactions_intent_status ON payment_transactions (payment_intent_id, status)',
  'CREATE INDEX idx_payment_transactions_type_status ON payment_transactions (type, status)',
  'CREATE INDEX idx_payment_transactions_reconciliation ON payment_transactions (reconciled, processed_at)',
];

const KEYS = `
  CREATE TABLE payment_transaction_keys (
    gateway_provider text NOT NULL,
    type text NOT NULL,
    gateway_object_id text NOT NULL,
    -- Of payment_transactions: its partition follows from it.
    id uuid NOT NULL,
    transaction_id uuid NOT NULL CONSTRAINT payment_transaction_keys_transaction_id UNIQUE,
    payment_intent_id uuid NOT NULL,
    PRIMARY KEY (gateway_provider, type, gateway_object_id),
    CONSTRAINT payment_transaction_keys_gateway_provider CHECK (${PROVIDER}),
    CONSTRAINT payment_transaction_keys_type CHECK (${TYPE}),
    CONSTRAINT payment_transaction_keys_object_id_length CHECK (length(gateway_object_id) BETWEEN 1 AND 255)
  )`;

/** What happened to money, by month of `created_at`, and the keys that make each fact one row. */
export class PaymentTransactions1764000000004 implements MigrationInterface {
  readonly name = 'PaymentTransactions1764000000004';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(TABLE);
    for (const index of INDEXES) await runner.query(index);
    await runner.query('CREATE TABLE payment_transactions_default PARTITION OF payment_transactions DEFAULT');
    await runner.query(KEYS);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE payment_transaction_keys, payment_transactions');
  }
}
