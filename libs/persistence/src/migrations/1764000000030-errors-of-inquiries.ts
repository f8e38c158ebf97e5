import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Of every finished attempt too: before the table is locked, which it is until the end of the transaction. */
const RENAME = `
UPDATE gateway_attempts SET error_type = CASE error_code
  WHEN 'ANSWER_NOT_BOOKED' THEN 'EXECUTED' WHEN 'NOT_FOUND' THEN 'NOT_FOUND'
  WHEN 'VERDICT_NOT_SHOWN' THEN 'REVIEW' WHEN 'VERDICT_OF_ANOTHER' THEN 'REVIEW' ELSE 'GIVEN_UP' END
WHERE error_type = 'NOT_SENT'`;

// By its type, an error that leaves an outcome unknown is the call's own.
const MOVE = `
UPDATE gateway_attempts SET error_type = NULL, error_code = NULL, error_message = NULL,
  inquiry_error = jsonb_build_object('type', error_type, 'code', error_code, 'message', error_message)
WHERE state = 'UNKNOWN' AND error_type NOT IN ('UNKNOWN_OUTCOME', 'IDEMPOTENCY_CONFLICT', 'EXECUTED')`;

/**
 * Keeps why an unknown outcome was not found out apart from the error of the call itself: people took the one for the
 * other, and NOT_SENT for a call that was never made.
 */
export class ErrorsOfInquiries1764000000030 implements MigrationInterface {
  readonly name = 'ErrorsOfInquiries1764000000030';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(RENAME);
    await runner.query('ALTER TABLE gateway_attempts ADD COLUMN inquiry_error jsonb');
    await runner.query(MOVE);
  }

  /** The types stay: every version reads any. */
  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE gateway_attempts DROP COLUMN inquiry_error');
  }
}
