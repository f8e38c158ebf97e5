import type { MigrationInterface, QueryRunner } from 'typeorm';

const STATEMENTS = [
  // Of two facts of one second the stronger one counts as the newer: the time alone does not tell.
  'ALTER TABLE intent_legs ADD status_fact text',
  `ALTER TABLE intent_legs ADD CONSTRAINT intent_legs_status_fact
    CHECK ((status_fact IS NULL) = (status_event_time IS NULL))`,
  // The day's webhooks by type; times in seconds from receipt to the commit of the effect.
  `CREATE VIEW webhook_statistics AS
    SELECT event_type, count(*) AS total_webhooks,
      avg(extract(epoch FROM (processed_at - received_at))) AS avg_processing_time,
      count(*) FILTER (WHERE status = 'FAILED') AS failed_count
    FROM payment_webhooks
    WHERE received_at > now() - interval '1 day'
    GROUP BY event_type`,
  // Without the extension (see the first migration) there is nothing to look at. Times in milliseconds.
  `DO $$
    BEGIN
      CREATE VIEW payment_query_statistics AS
        SELECT query, mean_exec_time, calls, total_exec_time
        FROM pg_stat_statements
        WHERE query LIKE '%payment%'
        ORDER BY mean_exec_time DESC;
    EXCEPTION WHEN undefined_table OR insufficient_privilege THEN
      RAISE NOTICE 'payment_query_statistics was not made: %', SQLERRM;
    END $$`,
];

/** What applying webhooks needs beside the tables, and the views that show how it goes. */
export class WebhookEffects1764000000008 implements MigrationInterface {
  readonly name = 'WebhookEffects1764000000008';

  async up(runner: QueryRunner): Promise<void> {
    for (const statement of STATEMENTS) await runner.query(statement);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP VIEW IF EXISTS payment_query_statistics');
    await runner.query('DROP VIEW webhook_statistics');
    await runner.query('ALTER TABLE intent_legs DROP status_fact');
  }
}
