import { expect, test } from '@jest/globals';
import { restartDelayMs } from './backoff.js';

test('restarts in a row wait twice as long each time, half a minute at most', () => {
  expect([1, 2, 3, 4, 5, 6, 7, 8, 1000].map(restartDelayMs)).toEqual([
    500, 1000, 2000, 4000, 8000, 16_000, 30_000, 30_000, 30_000,
  ]);
});
