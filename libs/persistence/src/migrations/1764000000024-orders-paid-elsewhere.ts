import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Lets a late capture leave word with the other intents of its order. Each capture reads it with the row that it
 * locks anyway, so that orders paid once cost no look-up.
 */
export class OrdersPaidElsewhere1764000000024 implements MigrationInterface {
  readonly name = 'OrdersPaidElsewhere1764000000024';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(
      'ALTER TABLE payment_intents ADD COLUMN order_paid_elsewhere boolean NOT NULL DEFAULT false',
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE payment_intents DROP COLUMN order_paid_elsewhere');
  }
}
