import type { MigrationInterface, QueryRunner } from 'typeorm';

const TABLES = [
  // Written in the transaction of the batch: a restored database knows where to read on from.
  `CREATE TABLE consumer_offsets (
    next_offset bigint NOT NULL,
    updated_at timestamptz NOT NULL DEFAULT now(),
    partition integer NOT NULL,
    consumer_group text NOT NULL,
    topic text NOT NULL,
    PRIMARY KEY (consumer_group, topic, partition),
    CONSTRAINT consumer_offsets_position CHECK (partition >= 0 AND next_offset >= 0)
  ) WITH (fillfactor = 50)`,
  // Rows go once the broker acknowledged them. Their ids grow with the version within one intent, because its
  // row is locked from deciding until commit; a relay must not read on from "the last id seen", since other
  // intents commit in another order than they take ids.
  `CREATE TABLE outbox (
    shard smallint NOT NULL,
    id bigint GENERATED ALWAYS AS IDENTITY,
    payment_intent_id uuid NOT NULL,
    version bigint NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    topic text NOT NULL,
    key text NOT NULL,
    payload jsonb NOT NULL,
    headers jsonb NOT NULL DEFAULT '{}',
    PRIMARY KEY (shard, id),
    CONSTRAINT outbox_shard CHECK (shard >= 0),
    CONSTRAINT outbox_version CHECK (version >= 1)
  ) WITH (autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_threshold = 1000)`,
  // One relay at a time per shard; a relay that lost its lease is told apart by the fence.
  `CREATE TABLE outbox_leases (
    shard smallint PRIMARY KEY,
    fence bigint NOT NULL DEFAULT 0,
    expires_at timestamptz NOT NULL,
    holder text NOT NULL,
    CONSTRAINT outbox_leases_shard CHECK (shard >= 0)
  ) WITH (fillfactor = 50)`,
];

/** What ties transactions to Kafka: positions read, and records to be sent. */
export class KafkaSide1764000000006 implements MigrationInterface {
  readonly name = 'KafkaSide1764000000006';

  async up(runner: QueryRunner): Promise<void> {
    for (const statement of TABLES) await runner.query(statement);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE outbox_leases, outbox, consumer_offsets');
  }
}
