import { expect, test } from '@jest/globals';
import { ProcessWindow } from './process-window.js';

const MINUTE_MS = 60_000;

function windowOf(limit: number, keysMax = 100): ProcessWindow {
  return new ProcessWindow({ limit, windowMs: MINUTE_MS, keysMax });
}

test('as many as the limit are admitted within the window, then none until the first of them is over', () => {
  const window = windowOf(2);
  expect(window.admit('a', '1', 0)).toEqual({ admitted: true, remaining: 1, resetMs: MINUTE_MS });
  expect(window.admit('a', '2', 20_000)).toEqual({ admitted: true, remaining: 0, resetMs: 40_000 });
  expect(window.admit('a', '3', 59_999)).toEqual({ admitted: false, remaining: 0, resetMs: 1 });
  expect(window.admit('a', '3', 60_000)).toEqual({ admitted: true, remaining: 0, resetMs: 20_000 });
  expect(window.admit('a', '4', 60_001)).toMatchObject({ admitted: false });
});

test('a member that is there already is admitted without counting', () => {
  const window = windowOf(1);
  window.admit('a', '1', 0);
  expect(window.admit('a', '1', 10)).toEqual({ admitted: true, remaining: 0, resetMs: MINUTE_MS - 10 });
  expect(window.admit('a', '2', 10).admitted).toBe(false);
});

test('keys do not count for one another', () => {
  const window = windowOf(1);
  expect(window.admit('a', '1', 0).admitted).toBe(true);
  expect(window.admit('b', '2', 0).admitted).toBe(true);
});

test('past the bound the key is forgotten that was asked for longest ago', () => {
  const window = windowOf(1, 2);
  window.admit('a', '1', 0);
  window.admit('b', '2', 0);
  window.admit('a', '1', 0);
  window.admit('c', '3', 0);
  expect(window.admit('a', '4', 0).admitted).toBe(false);
  expect(window.admit('b', '5', 0).admitted).toBe(true);
});
