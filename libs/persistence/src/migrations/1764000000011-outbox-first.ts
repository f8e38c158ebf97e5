import type { MigrationInterface, QueryRunner } from 'typeorm';

// A function for its planner settings alone. Statistics of a queue are always wrong: gathered while it was empty,
// they make Postgres sort a whole backlog for each batch, and so the slower the longer it is. The primary key has
// the order already. Null topics mean all.
const MAKE = `
CREATE FUNCTION outbox_first(of_shard smallint, of_topics text[], rows_max integer) RETURNS SETOF outbox
LANGUAGE sql STABLE ROWS 100
SET enable_seqscan = off SET enable_bitmapscan = off SET enable_sort = off
AS $$
  SELECT * FROM outbox
  WHERE outbox.shard = of_shard AND (of_topics IS NULL OR outbox.topic = ANY (of_topics))
  ORDER BY outbox.id LIMIT rows_max
$$`;

/** The first rows of a shard of the outbox, always by its primary key. */
export class OutboxFirst1764000000011 implements MigrationInterface {
  readonly name = 'OutboxFirst1764000000011';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(MAKE);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP FUNCTION outbox_first');
  }
}
