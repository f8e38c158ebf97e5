import type { MigrationInterface, QueryRunner } from 'typeorm';

const STATEMENTS = [
  // How gateways are called: one row each, never removed.
  `CREATE TABLE gateway_configs (
    updated_at timestamptz NOT NULL DEFAULT now(),
    -- Fallbacks are tried by ascending priority.
    priority integer NOT NULL DEFAULT 100,
    max_concurrency integer NOT NULL DEFAULT 64,
    requests_per_second integer NOT NULL DEFAULT 40,
    timeout_ms integer NOT NULL DEFAULT 10000,
    breaker_error_threshold_percent integer NOT NULL DEFAULT 50,
    breaker_volume_threshold integer NOT NULL DEFAULT 10,
    breaker_window_ms integer NOT NULL DEFAULT 10000,
    breaker_reset_after_ms integer NOT NULL DEFAULT 15000,
    version integer NOT NULL DEFAULT 1,
    enabled boolean NOT NULL DEFAULT true,
    gateway_provider text PRIMARY KEY,
    CONSTRAINT gateway_configs_gateway_provider CHECK (gateway_provider IN ('stripe', 'paypal', 'razorpay')),
    CONSTRAINT gateway_configs_version CHECK (version >= 1),
    CONSTRAINT gateway_configs_priority CHECK (priority BETWEEN 0 AND 1000),
    CONSTRAINT gateway_configs_max_concurrency CHECK (max_concurrency BETWEEN 1 AND 1000),
    CONSTRAINT gateway_configs_requests_per_second CHECK (requests_per_second BETWEEN 1 AND 10000),
    CONSTRAINT gateway_configs_timeout_ms CHECK (timeout_ms BETWEEN 100 AND 60000),
    CONSTRAINT gateway_configs_breaker CHECK (breaker_error_threshold_percent BETWEEN 1 AND 100
      AND breaker_volume_threshold BETWEEN 1 AND 10000
      AND breaker_window_ms BETWEEN 1000 AND 300000
      AND breaker_reset_after_ms BETWEEN 100 AND 600000)
  )`,
  `INSERT INTO gateway_configs (gateway_provider, requests_per_second)
    VALUES ('stripe', 80), ('paypal', 40), ('razorpay', 40)`,
  // What people changed, in the transaction of the change. Rows are added and never touched again.
  `CREATE TABLE audit_log (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    at timestamptz NOT NULL DEFAULT now(),
    -- Who did it: a name, as the tool was given it.
    actor text NOT NULL,
    action text NOT NULL,
    -- What it was done to, such as gateway:stripe.
    subject text NOT NULL,
    reason text NOT NULL,
    before jsonb,
    after jsonb,
    CONSTRAINT audit_log_lengths CHECK (length(actor) BETWEEN 1 AND 255 AND length(action) BETWEEN 1 AND 64
      AND length(subject) BETWEEN 1 AND 255 AND length(reason) BETWEEN 1 AND 4000)
  )`,
  'CREATE INDEX audit_log_subject ON audit_log (subject, id)',
  `CREATE FUNCTION refuse_audit_log_change() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
      RAISE EXCEPTION 'audit_log is append-only: % is refused', TG_OP USING ERRCODE = 'insufficient_privilege';
    END
  $$`,
  // Of the statement, not of rows: one that would find no row is refused as well.
  `CREATE TRIGGER audit_log_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_log
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_audit_log_change()`,
];

/** How gateways are called, and what people changed. */
export class GatewayConfigs1764000000022 implements MigrationInterface {
  readonly name = 'GatewayConfigs1764000000022';

  async up(runner: QueryRunner): Promise<void> {
    for (const statement of STATEMENTS) await runner.query(statement);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE gateway_configs, audit_log');
    await runner.query('DROP FUNCTION refuse_audit_log_change()');
  }
}
