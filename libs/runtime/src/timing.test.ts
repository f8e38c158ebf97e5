import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { retryDelayMs, sleep } from './timing.js';

test('delays double up to the cap', () => {
  const longest = [1, 2, 3, 4, 5, 100].map((attempt) =>
    retryDelayMs(attempt, { baseMs: 100, capMs: 1_000 }, () => 1),
  );
  expect(longest).toEqual([100, 200, 400, 800, 1_000, 1_000]);
});

test('a delay is in the upper half of what it may be', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 2_000 }), (attempt) => {
      const delay = retryDelayMs(attempt, { baseMs: 100, capMs: 5_000 });
      const longest = retryDelayMs(attempt, { baseMs: 100, capMs: 5_000 }, () => 1);
      expect(delay).toBeGreaterThanOrEqual(longest / 2);
      expect(delay).toBeLessThanOrEqual(longest);
    }),
  );
});

test('a sleep ends at once, with the reason, when its signal is aborted', async () => {
  const controller = new AbortController();
  const sleeping = sleep(1_000_000, controller.signal);
  controller.abort(new Error('stop'));
  await expect(sleeping).rejects.toThrow('stop');
  await expect(sleep(1_000_000, controller.signal)).rejects.toThrow('stop');
});

test('a sleep that ends by itself resolves', async () => {
  await expect(sleep(1, new AbortController().signal)).resolves.toBeUndefined();
});
