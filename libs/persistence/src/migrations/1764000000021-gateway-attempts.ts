import type { MigrationInterface, QueryRunner } from 'typeorm';

const UNFINISHED = `state IN ('PENDING', 'SENT', 'UNKNOWN')`;

const TABLE = `
  CREATE TABLE gateway_attempts (
    attempt_id uuid PRIMARY KEY,
    -- The order in which they were asked for; within a leg they are made in it.
    sequence bigint GENERATED ALWAYS AS IDENTITY,
    command_id uuid NOT NULL,
    payment_intent_id uuid NOT NULL,
    intent_id uuid NOT NULL,
    asked_at timestamptz NOT NULL,
    not_after timestamptz,
    -- When somebody may take it: the time of its next try, or the end of the lease on it.
    due_at timestamptz NOT NULL,
    lease_token uuid,
    first_sent_at timestamptz,
    last_sent_at timestamptz,
    held_since timestamptz,
    unknown_since timestamptz,
    not_found_since timestamptz,
    needs_review_since timestamptz,
    finished_at timestamptz,
    amount bigint,
    sends integer NOT NULL DEFAULT 0,
    retries integer NOT NULL DEFAULT 0,
    inquiries integer NOT NULL DEFAULT 0,
    key_round smallint NOT NULL DEFAULT 1,
    resends smallint NOT NULL DEFAULT 0,
    leg smallint NOT NULL,
    is_of_creation boolean NOT NULL,
    -- Another gateway is left to go to if this one is not there.
    has_fallback boolean NOT NULL,
    operation text NOT NULL,
    gateway_provider text NOT NULL,
    state text NOT NULL DEFAULT 'PENDING',
    target_id text,
    error_type text,
    error_code text,
    error_message text,
    -- What a person found out: verdict, objectId, evidence, by, at.
    verdict jsonb,
    CONSTRAINT gateway_attempts_leg CHECK (leg >= 1),
    CONSTRAINT gateway_attempts_amount CHECK (amount > 0),
    CONSTRAINT gateway_attempts_operation
      CHECK (operation IN ('create', 'confirm', 'authorize', 'capture', 'cancel', 'refund')),
    CONSTRAINT gateway_attempts_gateway_provider CHECK (gateway_provider IN ('stripe', 'paypal', 'razorpay')),
    CONSTRAINT gateway_attempts_state
      CHECK (state IN ('PENDING', 'SENT', 'UNKNOWN', 'SUCCEEDED', 'DECLINED', 'FAILED', 'NOT_EXECUTED')),
    CONSTRAINT gateway_attempts_finished CHECK ((finished_at IS NULL) = (${UNFINISHED})),
    CONSTRAINT gateway_attempts_review CHECK (needs_review_since IS NULL OR unknown_since IS NOT NULL)
  ) WITH (fillfactor = 85)`;

const INDEXES = [
  // Two calls that move money are never open for one intent, at whatever gateways.
  `CREATE UNIQUE INDEX gateway_attempts_one_open ON gateway_attempts (payment_intent_id)
    WHERE state IN ('SENT', 'UNKNOWN') AND operation IN ('confirm', 'authorize', 'capture', 'refund')`,
  `CREATE INDEX gateway_attempts_due ON gateway_attempts (gateway_provider, due_at) WHERE ${UNFINISHED}`,
  // What is still taken while its gateway is left alone.
  `CREATE INDEX gateway_attempts_due_elsewhere ON gateway_attempts (gateway_provider, due_at)
    WHERE ${UNFINISHED} AND has_fallback`,
  `CREATE INDEX gateway_attempts_unfinished ON gateway_attempts (payment_intent_id, leg, sequence)
    WHERE ${UNFINISHED}`,
  `CREATE INDEX gateway_attempts_unknown ON gateway_attempts (unknown_since) WHERE state = 'UNKNOWN'`,
  `CREATE INDEX gateway_attempts_payment_intent_id ON gateway_attempts (payment_intent_id, sequence)`,
];

/** Calls to gateways and how far they have come: the workers' queue, their memory and the proof of what was done. */
export class GatewayAttempts1764000000021 implements MigrationInterface {
  readonly name = 'GatewayAttempts1764000000021';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(TABLE);
    for (const index of INDEXES) await runner.query(index);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE gateway_attempts');
  }
}
