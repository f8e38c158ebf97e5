import type { MigrationInterface, QueryRunner } from 'typeorm';

const TABLES = [
  // The relays that live: how many share the shards. One that has no shard yet is known from here alone.
  `CREATE TABLE outbox_relays (
    holder text PRIMARY KEY,
    expires_at timestamptz NOT NULL
  ) WITH (fillfactor = 50)`,
  // Rows that no relay could ever send, and the later rows of their intents, which must not overtake them. Beside
  // the outbox and not in it: relays would read past them each time.
  `CREATE TABLE outbox_parked (
    shard smallint NOT NULL,
    id bigint NOT NULL,
    payment_intent_id uuid NOT NULL,
    version bigint NOT NULL,
    created_at timestamptz NOT NULL,
    parked_at timestamptz NOT NULL DEFAULT now(),
    topic text NOT NULL,
    key text NOT NULL,
    code text NOT NULL,
    error text NOT NULL,
    payload jsonb NOT NULL,
    headers jsonb NOT NULL,
    PRIMARY KEY (shard, id)
  )`,
  'CREATE INDEX outbox_parked_intent ON outbox_parked (shard, payment_intent_id)',
];

/** What relays of the outbox need beside it. */
export class OutboxRelays1764000000010 implements MigrationInterface {
  readonly name = 'OutboxRelays1764000000010';

  async up(runner: QueryRunner): Promise<void> {
    for (const statement of TABLES) await runner.query(statement);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE outbox_parked, outbox_relays');
  }
}
