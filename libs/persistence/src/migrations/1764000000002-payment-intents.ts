import type { MigrationInterface, QueryRunner } from 'typeorm';

const TABLE = `
  CREATE TABLE payment_intents (
    id uuid NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    expires_at timestamptz,
    version bigint NOT NULL DEFAULT 1,
    amount bigint NOT NULL,
    amount_authorized bigint NOT NULL DEFAULT 0,
    amount_captured bigint NOT NULL DEFAULT 0,
    amount_refunded bigint NOT NULL DEFAULT 0,
    amount_refund_pending bigint NOT NULL DEFAULT 0,
    amount_disputed bigint NOT NULL DEFAULT 0,
    intent_id uuid NOT NULL,
    attempt integer NOT NULL DEFAULT 1,
    currency_exponent smallint NOT NULL,
    current_leg smallint NOT NULL DEFAULT 1,
    allow_another boolean NOT NULL DEFAULT false,
    confirm_requested boolean NOT NULL DEFAULT false,
    currency char(3) NOT NULL,
    order_id text NOT NULL,
    customer_id text NOT NULL,
    gateway_provider text NOT NULL,
    gateway_intent_id text,
    status text NOT NULL,
    capture_method text NOT NULL DEFAULT 'automatic',
    payment_method_token text,
    return_url text,
    fallbacks jsonb NOT NULL DEFAULT '[]',
    next_action jsonb,
    last_error jsonb,
    metadata jsonb NOT NULL DEFAULT '{}',
    PRIMARY KEY (id, created_at),
    -- A look-up by id alone then knows its partition.
    CONSTRAINT payment_intents_created_at_of_id CHECK (created_at = uuid_v7_time(id)),
    CONSTRAINT payment_intents_version CHECK (version >= 1),
    CONSTRAINT payment_intents_attempt CHECK (attempt >= 1),
    CONSTRAINT payment_intents_current_leg CHECK (current_leg >= 1),
    CONSTRAINT payment_intents_amount CHECK (amount > 0),
    -- Captures may exceed the amount: a second leg can capture too, and that has to be written down.
    CONSTRAINT payment_intents_sums CHECK (amount_authorized >= 0 AND amount_captured >= 0
      AND amount_refunded >= 0 AND amount_refund_pending >= 0 AND amount_disputed >= 0),
    CONSTRAINT payment_intents_refunds_within_captures
      CHECK (amount_refunded + amount_refund_pending <= amount_captured),
    CONSTRAINT payment_intents_currency CHECK (currency ~ '^[A-Z]{3}$'),
    CONSTRAINT payment_intents_currency_exponent CHECK (currency_exponent BETWEEN 0 AND 4),
    CONSTRAINT payment_intents_gateway_provider CHECK (gateway_provider IN ('stripe', 'paypal', 'razorpay')),
    CONSTRAINT payment_intents_capture_method CHECK (capture_method IN ('automatic', 'manual')),
    CONSTRAINT payment_intents_status CHECK (status IN ('CREATED', 'REQUIRES_PAYMENT_METHOD',
      'REQUIRES_CONFIRMATION', 'REQUIRES_ACTION', 'PROCESSING', 'REQUIRES_CAPTURE', 'SUCCEEDED', 'CANCELED',
      'FAILED', 'EXPIRED')),
    -- Longer ones would not fit an index, which Postgres reports as its own limit and not as the row's fault.
    CONSTRAINT payment_intents_key_lengths CHECK (length(order_id) BETWEEN 1 AND 255
      AND length(customer_id) BETWEEN 1 AND 255 AND length(gateway_intent_id) BETWEEN 1 AND 255)
  ) PARTITION BY RANGE (created_at)`;

const INDEXES = [
  'CREATE INDEX idx_payment_intents_order_id ON payment_intents (order_id)',
  'CREATE INDEX idx_payment_intents_status ON payment_intents (status)',
  'CREATE INDEX idx_payment_intents_gateway_provider ON payment_intents (gateway_provider)',
  'CREATE INDEX idx_payment_intents_created_at ON payment_intents (created_at)',
  'CREATE INDEX idx_payment_intents_expires_at ON payment_intents (expires_at)',
  'CREATE INDEX idx_payment_intents_order_status ON payment_intents (order_id, status)',
  'CREATE INDEX idx_payment_intents_gateway_status ON payment_intents (gateway_provider, status)',
  'CREATE INDEX idx_payment_intents_status_created ON payment_intents (status, created_at DESC)',
  `CREATE INDEX idx_payment_intents_active ON payment_intents (order_id, status)
     WHERE status IN ('CREATED', 'REQUIRES_PAYMENT_METHOD', 'REQUIRES_CONFIRMATION', 'REQUIRES_ACTION', 'PROCESSING')`,
  // NOW() may not stand in an index: the query compares. EXPIRED and FAILED never expire again and would pile up.
  `CREATE INDEX idx_payment_intents_expired ON payment_intents (expires_at)
     WHERE status NOT IN ('SUCCEEDED', 'CANCELED', 'FAILED', 'EXPIRED')`,
  // A customer's history, newest first, in keyset pages.
  `CREATE INDEX idx_payment_intents_customer_created ON payment_intents (customer_id, created_at DESC, id DESC)`,
];

/** Payment intents, by month of `created_at`. What is unique about them stands in `payment_intent_keys`. */
export class PaymentIntents1764000000002 implements MigrationInterface {
  readonly name = 'PaymentIntents1764000000002';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(TABLE);
    for (const index of INDEXES) await runner.query(index);
    // Room for updates of sums and versions in place. A partitioned table itself takes no such setting.
    await runner.query(
      'CREATE TABLE payment_intents_default PARTITION OF payment_intents DEFAULT WITH (fillfactor = 85)',
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE payment_intents');
  }
}
