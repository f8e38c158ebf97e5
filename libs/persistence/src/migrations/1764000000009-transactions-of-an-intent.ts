import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Finds the transactions of an intent over all months at once, whatever the statistics of a new partition say. */
export class TransactionsOfAnIntent1764000000009 implements MigrationInterface {
  readonly name = 'TransactionsOfAnIntent1764000000009';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(
      'CREATE INDEX payment_transaction_keys_payment_intent_id ON payment_transaction_keys (payment_intent_id)',
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP INDEX payment_transaction_keys_payment_intent_id');
  }
}
