import type { MigrationInterface, QueryRunner } from 'typeorm';

const STATEMENTS = [
  // What became of each command. One that comes again is known by its id, and by its hash to be the same.
  `CREATE TABLE commands (
    command_id uuid PRIMARY KEY,
    type text NOT NULL,
    intent_id uuid NOT NULL,
    payment_intent_id uuid,
    sender text NOT NULL,
    request_hash bytea NOT NULL,
    outcome text NOT NULL,
    code text,
    detail text,
    intent_version bigint,
    received_at timestamptz NOT NULL,
    decided_at timestamptz NOT NULL,
    CONSTRAINT commands_outcome CHECK (outcome IN ('DONE', 'REJECTED'))
  )`,
  'CREATE INDEX commands_intent_id ON commands (intent_id)',
];

/** Commands and their outcomes. */
export class Commands1764000000020 implements MigrationInterface {
  readonly name = 'Commands1764000000020';

  async up(runner: QueryRunner): Promise<void> {
    for (const statement of STATEMENTS) await runner.query(statement);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE commands');
  }
}
