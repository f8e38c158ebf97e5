import { afterEach, beforeEach, expect, jest, test } from '@jest/globals';
import { repeat } from './repeat.js';

beforeEach(() => void jest.useFakeTimers());
afterEach(() => void jest.useRealTimers());

test('it is done at once and at intervals, failures or not, until it is stopped', async () => {
  const failures: unknown[] = [];
  let count = 0;
  const work = async () => {
    count += 1;
    if (count === 2) throw new Error('once');
  };
  const stop = repeat(work, { intervalMs: 100, onFailure: (error) => failures.push(error) });
  expect(count).toBe(1);
  await jest.advanceTimersByTimeAsync(250);
  expect(count).toBe(3);
  expect(failures).toEqual([new Error('once')]);
  stop();
  await jest.advanceTimersByTimeAsync(1_000);
  expect(count).toBe(3);
});

test('it is not begun again while it goes on', async () => {
  let count = 0;
  const ends: (() => void)[] = [];
  const work = () =>
    new Promise<void>((resolve) => {
      count += 1;
      ends.push(resolve);
    });
  const stop = repeat(work, { intervalMs: 100, onFailure: () => undefined });
  await jest.advanceTimersByTimeAsync(1_000);
  expect(count).toBe(1);
  ends[0]?.();
  await jest.advanceTimersByTimeAsync(100);
  expect(count).toBe(2);
  stop();
});
