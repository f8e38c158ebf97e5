import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { createTestDatabase } from '@payments/local/testing';
import type { DataSource } from 'typeorm';
import { migrate, migrationSource } from '../run-migrations.js';
import { ErrorsOfInquiries1764000000030 } from './1764000000030-errors-of-inquiries.js';
import { MIGRATIONS } from './index.js';

let url: string;
let drop: () => Promise<void>;
let source: DataSource;

beforeAll(async () => {
  ({ url, drop } = await createTestDatabase());
  source = await migrationSource(url).initialize();
  await migrate(url);
  for (const _ of MIGRATIONS.slice(MIGRATIONS.indexOf(ErrorsOfInquiries1764000000030))) {
    await source.undoLastMigration();
  }
});
afterAll(async () => {
  await source.destroy();
  await drop();
});

const INSERT = `
INSERT INTO gateway_attempts (attempt_id, command_id, payment_intent_id, intent_id, asked_at, due_at, leg,
  is_of_creation, has_fallback, operation, gateway_provider, state, finished_at, error_type, error_code, error_message)
SELECT gen_random_uuid(), gen_random_uuid(), gen_random_uuid(), gen_random_uuid(), now(), now(), 1, true, false,
  'create', 'stripe', state, CASE WHEN state IN ('NOT_EXECUTED', 'SUCCEEDED') THEN now() END, type, code, 'as it was'
FROM unnest($1::text[], $2::text[], $3::text[]) AS old (state, type, code)`;

test('stored errors say what they said, and NOT_SENT of no call any more', async () => {
  const old = [
    ['UNKNOWN', 'NOT_SENT', 'VERDICT_NOT_SHOWN', null, 'REVIEW'],
    ['UNKNOWN', 'NOT_SENT', 'ANSWER_NOT_BOOKED', 'EXECUTED', null],
    ['UNKNOWN', 'UNKNOWN_OUTCOME', 'timeout', 'UNKNOWN_OUTCOME', null],
    ['UNKNOWN', 'API_CONNECTION_ERROR', 'breaker_open', null, 'API_CONNECTION_ERROR'],
    ['UNKNOWN', 'ARCHIVED', 'INTENT_ARCHIVED', null, 'ARCHIVED'],
    ['PENDING', 'RATE_LIMIT_ERROR', 'rate_limit', 'RATE_LIMIT_ERROR', null],
    ['NOT_EXECUTED', 'NOT_SENT', 'NOT_FOUND', 'NOT_FOUND', null],
    ['NOT_EXECUTED', 'NOT_SENT', 'COMMAND_EXPIRED', 'GIVEN_UP', null],
    ['SUCCEEDED', null, null, null, null],
  ].map(([state, type, code, kept, moved]) => ({ state, type, code, kept, moved }));
  await source.query(INSERT, [
    old.map(({ state }) => state),
    old.map(({ type }) => type),
    old.map(({ code }) => code),
  ]);
  await migrate(url);
  const rows: object[] = await source.query(`
    SELECT error_type, error_code, inquiry_error FROM gateway_attempts ORDER BY sequence`);
  expect(rows).toEqual(
    old.map(({ code, kept, moved }) => ({
      error_type: kept,
      error_code: kept === null ? null : code,
      inquiry_error: moved === null ? null : { type: moved, code, message: 'as it was' },
    })),
  );
});
