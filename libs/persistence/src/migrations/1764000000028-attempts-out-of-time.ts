import type { MigrationInterface, QueryRunner } from 'typeorm';

const BEFORE = `CREATE INDEX gateway_attempts_due_elsewhere ON gateway_attempts (gateway_provider, due_at)
  WHERE state IN ('PENDING', 'SENT', 'UNKNOWN') AND has_fallback`;

/**
 * While a gateway is left alone, what waits for it may be very much, and of that only what needs no call is looked
 * for, several times a second: what can go elsewhere or was being sent, and what was not sent by its `notAfter`.
 */
export class AttemptsOutOfTime1764000000028 implements MigrationInterface {
  readonly name = 'AttemptsOutOfTime1764000000028';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query('DROP INDEX gateway_attempts_due_elsewhere');
    await runner.query(
      `CREATE INDEX gateway_attempts_due_elsewhere ON gateway_attempts (gateway_provider, due_at)
        WHERE state IN ('PENDING', 'SENT', 'UNKNOWN') AND (has_fallback OR state = 'SENT')`,
    );
    await runner.query(
      `CREATE INDEX gateway_attempts_not_after ON gateway_attempts (gateway_provider, not_after)
        WHERE state = 'PENDING' AND not_after IS NOT NULL`,
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP INDEX gateway_attempts_not_after');
    await runner.query('DROP INDEX gateway_attempts_due_elsewhere');
    await runner.query(BEFORE);
  }
}
