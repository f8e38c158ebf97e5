import { expect, test } from '@jest/globals';
import { responseTimeOf, retryAfterMsOf } from './response-headers.js';

const NOON = Date.parse('2026-03-01T12:00:00Z');

test('an answer is as old as the gateway says', () => {
  expect(responseTimeOf('Sun, 01 Mar 2026 12:00:00 GMT')).toBe(NOON);
});

test.each([undefined, null, 'yesterday', 7])(
  'without a date (%p) it is of the second that we have',
  (date) => {
    const before = Math.floor(Date.now() / 1000) * 1000;
    const time = responseTimeOf(date);
    expect(time % 1000).toBe(0);
    expect(time).toBeGreaterThanOrEqual(before);
    expect(time).toBeLessThanOrEqual(Date.now());
  },
);

test.each([
  ['0', 0],
  ['12', 12_000],
  ['Sun, 01 Mar 2026 12:00:30 GMT', 30_000],
  ['Sun, 01 Mar 2026 11:00:00 GMT', 0],
  ['soon', undefined],
  ['-1', undefined],
  ['1e9', undefined],
  [undefined, undefined],
])('Retry-After %p is %p milliseconds', (header, ms) => {
  expect(retryAfterMsOf(header, NOON)).toBe(ms);
});
