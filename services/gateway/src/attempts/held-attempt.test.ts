import { expect, test } from '@jest/globals';
import { coversCall, endOfLease } from './held-attempt.js';

const HOUR = 3_600_000;

test('a lease covers a call that ends before it does', () => {
  const held = { heldUntil: endOfLease(HOUR) };
  expect([coversCall(held, HOUR / 2), coversCall(held, HOUR)]).toEqual([true, false]);
});

test.each([
  ['a suspended machine, whose steady clock stood still', { steady: HOUR, wall: -1 }],
  ['a wall clock that was set back', { steady: -1, wall: HOUR }],
])('a lease that is over by one clock covers nothing: %s', (_what, left) => {
  const { steady, wall } = endOfLease(0);
  const heldUntil = { steady: steady + left.steady, wall: wall + left.wall };
  expect(coversCall({ heldUntil }, 0)).toBe(false);
});
