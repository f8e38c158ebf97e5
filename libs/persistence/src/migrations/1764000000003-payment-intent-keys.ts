import type { MigrationInterface, QueryRunner } from 'typeorm';

const PROVIDER = `gateway_provider IN ('stripe', 'paypal', 'razorpay')`;

const TABLES = [
  // The seed's UNIQUE (intentId), and "one intent per order, provider and attempt": a unique constraint of a
  // partitioned table would have to contain created_at, and so would not be one.
  `CREATE TABLE payment_intent_keys (
    payment_intent_id uuid PRIMARY KEY,
    intent_id uuid NOT NULL CONSTRAINT payment_intent_keys_intent_id UNIQUE,
    attempt integer NOT NULL DEFAULT 1,
    -- Live or paid. False once it is FAILED, CANCELED or EXPIRED; true again after a late capture.
    live boolean NOT NULL DEFAULT true,
    allow_another boolean NOT NULL DEFAULT false,
    order_id text NOT NULL,
    gateway_provider text NOT NULL,
    CONSTRAINT payment_intent_keys_order_provider_attempt UNIQUE (order_id, gateway_provider, attempt),
    CONSTRAINT payment_intent_keys_attempt CHECK (attempt >= 1),
    CONSTRAINT payment_intent_keys_gateway_provider CHECK (${PROVIDER}),
    CONSTRAINT payment_intent_keys_order_id_length CHECK (length(order_id) BETWEEN 1 AND 255)
  ) WITH (fillfactor = 90)`,
  `CREATE UNIQUE INDEX payment_intent_keys_one_live_per_order ON payment_intent_keys (order_id)
    WHERE live AND NOT allow_another`,
  `CREATE TABLE intent_legs (
    payment_intent_id uuid NOT NULL REFERENCES payment_intent_keys,
    leg smallint NOT NULL,
    gateway_provider text NOT NULL,
    -- The gateway's id of the object opened for this leg; null until the gateway has answered.
    gateway_object_id text,
    payment_method_token text,
    -- The gateway's own time of the last status fact applied: an older one is STALE.
    status_event_time timestamptz,
    opened_at timestamptz NOT NULL DEFAULT now(),
    abandoned_at timestamptz,
    PRIMARY KEY (payment_intent_id, leg),
    CONSTRAINT intent_legs_leg CHECK (leg >= 1),
    CONSTRAINT intent_legs_gateway_provider CHECK (${PROVIDER})
  ) WITH (fillfactor = 85)`,
  // The seed's UNIQUE (gatewayIntentId), widened to every gateway id: payment intent, order, charge, payment,
  // authorization, capture, refund, dispute. A row without an intent is a placeholder: whoever comes second
  // finds it. No foreign key: the hot path would pay for each ref what its own transaction ensures.
  `CREATE TABLE gateway_object_refs (
    gateway_provider text NOT NULL,
    object_id text NOT NULL,
    payment_intent_id uuid,
    leg smallint,
    created_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (gateway_provider, object_id),
    CONSTRAINT gateway_object_refs_gateway_provider CHECK (${PROVIDER}),
    CONSTRAINT gateway_object_refs_object_id_length CHECK (length(object_id) BETWEEN 1 AND 255),
    CONSTRAINT gateway_object_refs_claimed_whole CHECK ((payment_intent_id IS NULL) = (leg IS NULL))
  ) WITH (fillfactor = 90)`,
  `CREATE INDEX gateway_object_refs_payment_intent_id ON gateway_object_refs (payment_intent_id)
    WHERE payment_intent_id IS NOT NULL`,
];

/** The global uniqueness that a partitioned table cannot hold, and the legs. Narrow, kept for good. */
export class PaymentIntentKeys1764000000003 implements MigrationInterface {
  readonly name = 'PaymentIntentKeys1764000000003';

  async up(runner: QueryRunner): Promise<void> {
    for (const statement of TABLES) await runner.query(statement);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE gateway_object_refs, intent_legs, payment_intent_keys');
  }
}
