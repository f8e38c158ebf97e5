import { describe, expect, test } from '@jest/globals';
import { age } from './age.js';
import { json } from './json.js';
import { fields, table } from './table.js';

test('columns are aligned, numbers to the right, and lines end with their last character', () => {
  const text = table(
    ['NAME', 'COUNT', 'NOTE'],
    [
      ['a', 5, null],
      ['longer', 12n, 'seen'],
    ],
  );
  expect(text.split('\n')).toEqual([
    'NAME    COUNT  NOTE', //
    'a           5  -',
    'longer     12  seen',
    '',
  ]);
});

test('a column that is not all numbers is to the left; without rows there is the head alone', () => {
  expect(
    table(
      ['N', 'X'],
      [
        [1, 'x'],
        [null, 'y'],
      ],
    ),
  ).toBe('N  X\n1  x\n-  y\n');
  expect(table(['NAME', 'COUNT'], [])).toBe('NAME  COUNT\n');
});

test('what a gateway said stays on its line', () => {
  expect(fields({ 'last error': 'no\r\n\u001b[31mentry' })).toBe('last error  no [31mentry\n');
  expect(fields({ 'last error': 'of\u202e 91.1$\u2028end' })).toBe('last error  of  91.1$ end\n');
});

test('fields are a line each: times in ISO 8601, yes or no, a dash for nothing', () => {
  expect(fields({ at: new Date(0), enabled: true, open: false, what: '' })).toBe(
    'at       1970-01-01T00:00:00.000Z\nenabled  yes\nopen     no\nwhat     -\n',
  );
});

test('amounts are numbers in JSON, the largest too', () => {
  expect(JSON.parse(json({ amount: 2n ** 53n - 1n, none: null }))).toEqual({
    amount: 2 ** 53 - 1,
    none: null,
  });
});

describe('an age is told in its two largest units:', () => {
  test.each([
    [-5_000, '0s'],
    [59_999, '59s'],
    [61_000, '1m 1s'],
    [3_600_000, '1h 0m'],
    [90_000_000, '1d 1h'],
  ])('%d ms as %s', (ms, text) => {
    expect(age(new Date(1_764_000_000_000 - ms), 1_764_000_000_000)).toBe(text);
  });
});
