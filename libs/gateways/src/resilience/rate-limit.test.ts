import { expect, test } from '@jest/globals';
import { RateLimit } from './rate-limit.js';

test('turns are given in the order of the calls, and never faster than configured', async () => {
  const limit = new RateLimit(200);
  const startedAt = performance.now();
  const order: number[] = [];
  await Promise.all(
    Array.from({ length: 11 }, async (_, index) => {
      await limit.take();
      order.push(index);
    }),
  );
  expect(order).toEqual(Array.from({ length: 11 }, (_, index) => index));
  // Ten intervals of 5 ms lie between eleven permits; a timer may fire a millisecond early.
  expect(performance.now() - startedAt).toBeGreaterThanOrEqual(48);
});

test('a wait ends when its signal aborts', async () => {
  const limit = new RateLimit(1);
  await limit.take();
  const aborted = AbortSignal.abort(new Error('shutting down'));
  await expect(limit.take(aborted)).rejects.toThrow('shutting down');
});

test('a changed rate applies to later calls', async () => {
  const limit = new RateLimit(1000);
  limit.requestsPerSecond = 0.001;
  await limit.take();
  const aborting = new AbortController();
  const waiting = limit.take(aborting.signal);
  aborting.abort(new Error('not my turn'));
  await expect(waiting).rejects.toThrow('not my turn');
});

test.each([0, -1, Number.NaN])('%p requests a second is no rate', (rate) => {
  expect(() => new RateLimit(rate)).toThrow(RangeError);
});
