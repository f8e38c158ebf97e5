import { expect, test } from '@jest/globals';
import { serializeError } from './serialize-error.js';

test('an error is logged with its code, its stack and its causes', () => {
  const cause = Object.assign(new Error('refused'), { code: 'ECONNREFUSED', port: 5432 });
  expect(serializeError(new TypeError('no connection', { cause }))).toEqual({
    name: 'TypeError',
    message: 'no connection',
    stack: expect.stringContaining('serialize-error.test'),
    cause: expect.objectContaining({ message: 'refused', code: 'ECONNREFUSED', port: 5432 }),
  });
});

test('all that failed together is logged, up to a bound', () => {
  const errors = Array.from({ length: 9 }, (_, i) => new Error(`failure ${i}`));
  const { errors: logged } = serializeError(new AggregateError(errors, 'all failed')) as {
    errors: unknown[];
  };
  expect(logged).toHaveLength(5);
});

test('the statement, its parameters and the row of a database error stay out', () => {
  const error = Object.assign(new Error('duplicate key'), {
    code: '23505',
    constraint: 'webhooks_pkey',
    query: 'INSERT …',
    parameters: [Buffer.from('a body')],
    detail: 'Failing row contains (a body)',
    driverError: { detail: 'a body' },
  });
  const logged = JSON.stringify(serializeError(error));
  expect(logged).toContain('23505');
  expect(logged).toContain('webhooks_pkey');
  expect(logged).not.toMatch(/a body|INSERT|97,32/);
});

test('long messages and endless causes are cut', () => {
  const error = new Error('x'.repeat(1_000_000));
  error.cause = error;
  expect(JSON.stringify(serializeError(error)).length).toBeLessThan(100_000);
});

test.each([['text'], [undefined], [null], [7]])(
  'what is thrown but no error is logged as it is: %p',
  (thrown) => {
    expect(serializeError(thrown)).toBe(thrown);
  },
);
