import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Tells refunds of one payment apart, which may be alike: each belongs to the attempt that made it. */
export class RefundsOfAttempts1764000000029 implements MigrationInterface {
  readonly name = 'RefundsOfAttempts1764000000029';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE gateway_attempts ADD COLUMN refund_id text');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE gateway_attempts DROP COLUMN refund_id');
  }
}
