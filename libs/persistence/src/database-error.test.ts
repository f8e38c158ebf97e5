import { expect, test } from '@jest/globals';
import { QueryFailedError } from 'typeorm';
import { databaseErrorOf, sqlState } from './database-error.js';

function fromPostgres(fields: Record<string, string>): Error {
  return Object.assign(new Error('refused'), { severity: 'ERROR', ...fields });
}

test("the SQLSTATE, constraint, table, column and detail are found behind TypeORM's error", () => {
  const fields = { code: '23514', constraint: 'c', table: 't', column: 'k', detail: 'd' };
  const error = new QueryFailedError('INSERT', [], fromPostgres(fields));
  expect(databaseErrorOf(error)).toEqual({ kind: 'statement', message: 'refused', ...fields });
  expect(sqlState(error)).toBe('23514');
});

test('an error without a constraint has no such field, which distinguishes a missing partition', () => {
  const error = new QueryFailedError('INSERT', [], fromPostgres({ code: '23514', table: 't' }));
  expect(databaseErrorOf(error)).not.toHaveProperty('constraint');
});

test('an error is recognised as the cause of another', () => {
  const error = new Error('batch failed', { cause: fromPostgres({ code: '40P01' }) });
  expect(sqlState(error)).toBe('40P01');
});

test.each([
  ['ECONNREFUSED', Object.assign(new Error('connect'), { code: 'ECONNREFUSED' })],
  ['ECONNREFUSED', Object.assign(new AggregateError([], ''), { code: 'ECONNREFUSED' })],
  ['ECONNRESET', Object.assign(new Error('read'), { code: 'ECONNRESET' })],
  ['EPIPE', Object.assign(new Error('write'), { code: 'EPIPE' })],
  ['CONNECTION_LOST', new Error('Connection terminated unexpectedly')],
  ['CONNECTION_LOST', new Error('Connection terminated')],
  ['CONNECTION_LOST', new Error('Client has encountered a connection error and is not queryable')],
  ['POOL_TIMEOUT', new Error('timeout exceeded when trying to connect')],
  ['CONNECT_TIMEOUT', new Error('Connection terminated due to connection timeout')],
  ['READ_TIMEOUT', new Error('Query read timeout')],
  ['CLOSED', new Error('Cannot use a pool after calling end on the pool')],
])('%s means that Postgres is unavailable, with TypeORM around it or not', (code, error) => {
  expect(databaseErrorOf(error)).toMatchObject({ kind: 'unavailable', code });
  expect(databaseErrorOf(new QueryFailedError('SELECT', [], error))).toMatchObject({ kind: 'unavailable' });
  expect(sqlState(error)).toBeUndefined();
});

test.each([
  undefined,
  'a text',
  new Error('anything'),
  Object.assign(new Error('a file'), { code: 'EPERM' }),
  Object.assign(new Error('five letters, not of Postgres'), { code: 'ABCDE' }),
])('%p is not the database speaking', (error) => {
  expect(databaseErrorOf(error)).toBeUndefined();
});

test('a loop of causes ends', () => {
  const error = new Error('a');
  error.cause = error;
  expect(databaseErrorOf(error)).toBeUndefined();
});
