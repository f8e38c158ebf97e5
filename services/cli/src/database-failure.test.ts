import { expect, test } from '@jest/globals';
import type { DatabaseError } from '@payments/persistence';
import { databaseFailure } from './database-failure.js';

const unavailable = (code: Extract<DatabaseError, { kind: 'unavailable' }>['code']) =>
  databaseFailure({ kind: 'unavailable', code, message: 'as pg says' });

test.each(['ECONNREFUSED', 'ENOTFOUND', 'CONNECT_TIMEOUT'] as const)(
  'with %s nothing was sent, so nothing was changed',
  (code) => {
    const message = `Postgres at DATABASE_URL does not answer (${code}). Nothing was changed.`;
    expect(unavailable(code)).toEqual({ reason: 'failed', message });
  },
);

test.each(['ECONNRESET', 'CONNECTION_LOST', 'READ_TIMEOUT'] as const)(
  'with %s a change may have been made',
  (code) => {
    const { reason, message } = unavailable(code);
    expect(reason).toBe('failed');
    expect(message).toContain('If this was to change something, it is not known whether it did');
  },
);

test.each([
  ['28P01', 'usage', 'See DATABASE_URL.'],
  ['3D000', 'usage', 'See DATABASE_URL.'],
  ['42501', 'usage', 'See the user of DATABASE_URL.'],
  ['42P01', 'usage', 'Bring it up to date: node libs/persistence/dist/migrate.js'],
  ['42703', 'usage', 'Bring it up to date: node libs/persistence/dist/migrate.js'],
  ['53300', 'failed', 'as pg says.'],
])('what Postgres refuses with %s is %s', (code, reason, end) => {
  const failure = databaseFailure({ kind: 'statement', code, message: 'as pg says' });
  expect(failure.reason).toBe(reason);
  expect(failure.message).toMatch(new RegExp(`^Postgres refused \\(${code}\\): as pg says\\.`));
  expect(failure.message.endsWith(end)).toBe(true);
});
