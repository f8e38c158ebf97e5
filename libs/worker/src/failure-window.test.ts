import { expect, test } from '@jest/globals';
import { FailureWindow } from './failure-window.js';

function windowOf(failed: number, succeeded: number): FailureWindow {
  const window = new FailureWindow(200);
  window.succeeded(succeeded);
  for (let n = 0; n < failed; n += 1) window.failed();
  return window;
}

test('over half of a full window is systemic', () => {
  expect(windowOf(101, 99).systemic).toBe(true);
});

test('half of it is not', () => {
  expect(windowOf(100, 100).systemic).toBe(false);
});

test('a window that is not full says nothing', () => {
  expect(windowOf(199, 0).systemic).toBe(false);
});

test('successes push failures out again', () => {
  const window = windowOf(150, 50);
  expect(window.systemic).toBe(true);
  window.succeeded(100_000);
  expect(window.systemic).toBe(false);
});
