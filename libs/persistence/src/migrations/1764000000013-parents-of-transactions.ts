import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * What the object of a transaction is part of: of a refund or dispute the payment, of the others the object that
 * their leg was opened for. Null where the gateway did not say. As long as an object's id may be.
 */
export class ParentsOfTransactions1764000000013 implements MigrationInterface {
  readonly name = 'ParentsOfTransactions1764000000013';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE payment_transactions ADD gateway_parent_id text');
    await runner.query(`ALTER TABLE payment_transactions
      ADD CONSTRAINT payment_transactions_gateway_parent_id_length
      CHECK (length(gateway_parent_id) BETWEEN 1 AND 255)`);
    // Stripe's payment intent is the object of its leg and so its own parent; the others' are not known.
    await runner.query(`UPDATE payment_transactions SET gateway_parent_id = gateway_transaction_id
      WHERE gateway_provider = 'stripe' AND type IN ('PAYMENT', 'AUTHORIZATION', 'VOID')`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE payment_transactions DROP gateway_parent_id');
  }
}
