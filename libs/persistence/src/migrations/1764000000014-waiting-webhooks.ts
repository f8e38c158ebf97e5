import type { MigrationInterface, QueryRunner } from 'typeorm';

const STATEMENTS = [
  // When to look for webhooks that wait for this object; null: none does. Set by who gives it to a payment.
  'ALTER TABLE gateway_object_refs ADD settle_at timestamptz',
  `CREATE INDEX gateway_object_refs_settle_at ON gateway_object_refs (settle_at) WHERE settle_at IS NOT NULL`,
  // Of a webhook that waits and could not be settled although its payment is known: when to try again.
  'ALTER TABLE payment_webhooks ADD retry_at timestamptz',
];

/** What settling webhooks that waited for their payment needs. */
export class WaitingWebhooks1764000000014 implements MigrationInterface {
  readonly name = 'WaitingWebhooks1764000000014';

  async up(runner: QueryRunner): Promise<void> {
    for (const statement of STATEMENTS) await runner.query(statement);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE payment_webhooks DROP retry_at');
    await runner.query('ALTER TABLE gateway_object_refs DROP settle_at');
  }
}
