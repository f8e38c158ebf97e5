import type { MigrationInterface, QueryRunner } from 'typeorm';

/** That another command came under the id of one that was decided, and when last. */
export class ReusedCommandIds1764000000023 implements MigrationInterface {
  readonly name = 'ReusedCommandIds1764000000023';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE commands ADD COLUMN id_reused_at timestamptz');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE commands DROP COLUMN id_reused_at');
  }
}
