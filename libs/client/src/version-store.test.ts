import { expect, test } from '@jest/globals';
import { MemoryVersionStore } from './version-store.js';

test('an intent that nothing is known of is at version 0, and then at the last one recorded', async () => {
  const store = new MemoryVersionStore();
  expect(await store.newest('a')).toBe(0);
  await store.record('a', 1);
  await store.record('a', 2);
  expect(await store.newest('a')).toBe(2);
});

test('a version that is recorded late does not replace a newer one', async () => {
  const store = new MemoryVersionStore();
  await store.record('a', 2);
  await store.record('a', 1);
  expect(await store.newest('a')).toBe(2);
});

test('past the bound the intent is forgotten that changed longest ago', async () => {
  const store = new MemoryVersionStore(2);
  await store.record('a', 1);
  await store.record('b', 1);
  await store.record('a', 2);
  await store.record('c', 1);
  expect(await Promise.all(['a', 'b', 'c'].map((id) => store.newest(id)))).toEqual([2, 0, 1]);
});
