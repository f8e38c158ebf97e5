import type { MigrationInterface, QueryRunner } from 'typeorm';

const TABLE = `
  CREATE TABLE payment_webhooks (
    id uuid PRIMARY KEY,
    payment_intent_id uuid,
    received_at timestamptz NOT NULL,
    -- The gateway's own time of the event.
    event_time timestamptz,
    processed_at timestamptz,
    kafka_offset bigint NOT NULL,
    kafka_partition integer NOT NULL,
    -- Nothing is left to do. Derived, so that it cannot disagree with the status.
    processed boolean NOT NULL GENERATED ALWAYS AS (status IN ('PROCESSED', 'IGNORED', 'STALE')) STORED,
    webhook_id text NOT NULL CONSTRAINT payment_webhooks_webhook_id UNIQUE,
    gateway_provider text NOT NULL,
    event_type text NOT NULL,
    source text NOT NULL,
    status text NOT NULL,
    kafka_topic text NOT NULL,
    object_ids text[] NOT NULL,
    error text,
    CONSTRAINT payment_webhooks_gateway_provider CHECK (gateway_provider IN ('stripe', 'paypal', 'razorpay')),
    CONSTRAINT payment_webhooks_source CHECK (source IN ('gateway', 'reconciliation')),
    CONSTRAINT payment_webhooks_status CHECK (status IN ('RECEIVED', 'VERIFYING', 'UNMATCHED', 'PROCESSED',
      'IGNORED', 'STALE', 'FAILED')),
    CONSTRAINT payment_webhooks_processed_at CHECK (processed = (processed_at IS NOT NULL)),
    CONSTRAINT payment_webhooks_kafka_position CHECK (kafka_partition >= 0 AND kafka_offset >= 0),
    -- Longer ones would not fit an index, which Postgres reports as its own limit and not as the row's fault.
    CONSTRAINT payment_webhooks_key_lengths
      CHECK (length(webhook_id) BETWEEN 1 AND 255 AND length(event_type) BETWEEN 1 AND 255),
    CONSTRAINT payment_webhooks_object_ids
      CHECK (cardinality(object_ids) <= 32 AND octet_length(array_to_string(object_ids, '')) <= 2048)
  )`;

const INDEXES = [
  'CREATE INDEX idx_payment_webhooks_payment_intent_id ON payment_webhooks (payment_intent_id)',
  'CREATE INDEX idx_payment_webhooks_event_type ON payment_webhooks (event_type)',
  'CREATE INDEX idx_payment_webhooks_status ON payment_webhooks (status)',
  'CREATE INDEX idx_payment_webhooks_processed ON payment_webhooks (processed)',
  'CREATE INDEX idx_payment_webhooks_received_at ON payment_webhooks (received_at)',
  'CREATE INDEX idx_payment_webhooks_provider_type ON payment_webhooks (gateway_provider, event_type)',
  `CREATE INDEX idx_payment_webhooks_unprocessed ON payment_webhooks (status, processed) WHERE processed = false`,
  // Finds the webhooks that wait for a gateway object, once a payment claims it.
  `CREATE INDEX payment_webhooks_unmatched_object_ids ON payment_webhooks USING gin (object_ids)
     WHERE status = 'UNMATCHED'`,
];

// received_at leads the key: inserts then go to its right edge, and who looks for a body has the webhook's row.
// Sealed bytes do not compress: EXTERNAL spares the attempt.
const BODIES = `
  CREATE TABLE payment_webhook_bodies (
    received_at timestamptz NOT NULL,
    webhook_id text NOT NULL,
    sealed_body bytea NOT NULL,
    PRIMARY KEY (received_at, webhook_id)
  ) PARTITION BY RANGE (received_at)`;

/** Every accepted webhook: a narrow row for good, and its sealed body, by day, until the retention ends. */
export class PaymentWebhooks1764000000005 implements MigrationInterface {
  readonly name = 'PaymentWebhooks1764000000005';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(TABLE);
    for (const index of INDEXES) await runner.query(index);
    await runner.query(BODIES);
    await runner.query('ALTER TABLE payment_webhook_bodies ALTER sealed_body SET STORAGE EXTERNAL');
    // Bodies up to 8 KB stay in the row: writing them out of line costs an index entry for each 2 KB.
    await runner.query(`CREATE TABLE payment_webhook_bodies_default PARTITION OF payment_webhook_bodies DEFAULT
      WITH (toast_tuple_target = 8160)`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE payment_webhook_bodies, payment_webhooks');
  }
}
