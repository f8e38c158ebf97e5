import { expect, test } from '@jest/globals';
import { SteadyClock } from './steady-clock.js';

test('counts what is done after the first quarter', () => {
  const clock = new SteadyClock(1_000);
  clock.done(100);
  clock.done(200);
  expect(clock.isOver).toBe(false);
  clock.done(300);
  clock.done(400);
  expect(clock.isOver).toBe(true);
  expect(clock.measured.webhooks).toBe(700);
  expect(clock.measured.seconds).toBeGreaterThanOrEqual(0);
});
