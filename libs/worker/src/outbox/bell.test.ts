import { expect, test } from '@jest/globals';
import { Bell } from './bell.js';

const NEVER = new AbortController().signal;
const LONG_MS = 600_000;

test('a waiter is woken', async () => {
  const bell = new Bell();
  const waiting = bell.wait(LONG_MS, NEVER);
  bell.ring();
  await waiting;
});

test('a ring before the wait ends one wait', async () => {
  const bell = new Bell();
  bell.ring();
  bell.ring();
  await bell.wait(LONG_MS, NEVER);
  let woken = false;
  const again = bell.wait(LONG_MS, NEVER).then(() => {
    woken = true;
  });
  await new Promise(setImmediate);
  expect(woken).toBe(false);
  bell.ring();
  await again;
});

test('a wait also ends after its time or when its signal aborts', async () => {
  const bell = new Bell();
  await bell.wait(1, NEVER);
  const end = new AbortController();
  const waiting = bell.wait(LONG_MS, end.signal);
  end.abort();
  await waiting;
  await bell.wait(LONG_MS, end.signal);
});
