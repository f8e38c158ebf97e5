import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What the tables' CHECKs need, and the statistics that operators read. */
export class TimeOfIds1764000000001 implements MigrationInterface {
  readonly name = 'TimeOfIds1764000000001';

  async up(runner: QueryRunner): Promise<void> {
    // PostgreSQL 18 has uuid_extract_timestamp; this one works on older servers too. RFC 9562, 5.7: the first
    // 48 bits are milliseconds since the epoch.
    await runner.query(`
      CREATE FUNCTION uuid_v7_time(id uuid) RETURNS timestamptz
      LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
      RETURN to_timestamp(('x' || encode(substring(uuid_send(id) FROM 1 FOR 6), 'hex'))::bit(48)::bigint / 1000.0)`);
    // Needs a superuser, or a server that trusts it to others: without the right the pipeline works as well.
    await runner.query(`
      DO $$
      BEGIN
        CREATE EXTENSION IF NOT EXISTS pg_stat_statements;
      EXCEPTION WHEN insufficient_privilege OR undefined_file OR feature_not_supported THEN
        RAISE NOTICE 'pg_stat_statements was not installed: %', SQLERRM;
      END $$`);
  }

  async down(runner: QueryRunner): Promise<void> {
    // The extension stays: it may have been there before.
    await runner.query('DROP FUNCTION uuid_v7_time(uuid)');
  }
}
