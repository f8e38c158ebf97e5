import type { MigrationInterface, QueryRunner } from 'typeorm';

const TABLES = [
  // What became of each command, for good: one that comes again is known, and its sender can ask.
  `CREATE TABLE commands (
    command_id uuid PRIMARY KEY,
    intent_id uuid NOT NULL,
    -- Null where there is no such intent.
    payment_intent_id uuid,
    received_at timestamptz NOT NULL,
    decided_at timestamptz NOT NULL,
    -- The intent's version after it.
    intent_version bigint,
    type text NOT NULL,
    sender text NOT NULL,
    outcome text NOT NULL,
    code text,
    detail text,
    -- SHA-256 of what was wanted, without when it was sent and by whom: another content under one id is told apart.
    request_hash bytea NOT NULL,
    CONSTRAINT commands_outcome CHECK (outcome IN ('DONE', 'REJECTED')),
    CONSTRAINT commands_code CHECK ((code IS NULL) = (outcome = 'DONE')),
    CONSTRAINT commands_request_hash CHECK (octet_length(request_hash) = 32),
    CONSTRAINT commands_lengths CHECK (length(type) BETWEEN 1 AND 64 AND length(sender) <= 255
      AND length(code) <= 64 AND length(detail) <= 1000)
  )`,
  // The timeline of an intent.
  `CREATE INDEX commands_payment_intent_id ON commands (payment_intent_id, decided_at)
    WHERE payment_intent_id IS NOT NULL`,
  // What commands asked of gateways. Open until its answer, or that it was never made, is known. What only the
  // gateway's worker needs (tokens, signatures) is here and in no topic.
  `CREATE TABLE gateway_requests (
    command_id uuid NOT NULL,
    payment_intent_id uuid NOT NULL,
    requested_at timestamptz NOT NULL,
    not_after timestamptz,
    answered_at timestamptz,
    amount bigint,
    leg smallint NOT NULL,
    operation text NOT NULL,
    gateway_provider text NOT NULL,
    details jsonb NOT NULL,
    PRIMARY KEY (command_id, leg, operation),
    CONSTRAINT gateway_requests_leg CHECK (leg >= 1),
    CONSTRAINT gateway_requests_amount CHECK (amount > 0),
    CONSTRAINT gateway_requests_operation
      CHECK (operation IN ('create', 'confirm', 'authorize', 'capture', 'cancel', 'refund')),
    CONSTRAINT gateway_requests_gateway_provider
      CHECK (gateway_provider IN ('stripe', 'paypal', 'razorpay'))
  )`,
  `CREATE INDEX gateway_requests_open ON gateway_requests (payment_intent_id) WHERE answered_at IS NULL`,
];

/** Commands on payment intents, and what they ask of gateways. */
export class Commands1764000000020 implements MigrationInterface {
  readonly name = 'Commands1764000000020';

  async up(runner: QueryRunner): Promise<void> {
    for (const statement of TABLES) await runner.query(statement);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE gateway_requests, commands');
  }
}
