import { expect, test } from '@jest/globals';
import { GatheringQueue } from './gathering-queue.js';

/** At most two concurrent runs, which end on demand. */
function aQueue(concurrency: number) {
  const runs: { readonly works: readonly string[]; end: () => void }[] = [];
  const queue = new GatheringQueue<string, string>({
    take: (waiting) => waiting.filter(({ work }) => !work.startsWith('later')).slice(0, 2),
    run: (taken) =>
      new Promise((resolve) => {
        const end = (): void => {
          for (const { work, resolve: answer } of taken) answer(`${work} done`);
          resolve();
        };
        runs.push({ works: taken.map(({ work }) => work), end });
      }),
    concurrency,
  });
  return { queue, runs, works: () => runs.map((one) => one.works) };
}

const followed = () => new Promise((resolve) => setImmediate(() => setImmediate(resolve)));

test('what is added while a run is on goes with the next', async () => {
  const { queue, runs, works } = aQueue(1);
  const first = [queue.add('a'), queue.add('b')];
  await followed();
  const second = queue.add('c');
  await followed();
  expect(works()).toEqual([['a', 'b']]);
  runs[0]?.end();
  expect(await Promise.all(first)).toEqual(['a done', 'b done']);
  await followed();
  runs[1]?.end();
  expect(await second).toBe('c done');
});

test('runs side by side are bounded', async () => {
  const { queue, runs, works } = aQueue(2);
  void Promise.all(['a', 'b', 'c', 'd', 'e'].map((work) => queue.add(work)));
  await followed();
  expect(works()).toEqual([
    ['a', 'b'],
    ['c', 'd'],
  ]);
  runs[1]?.end();
  await followed();
  expect(works()).toEqual([['a', 'b'], ['c', 'd'], ['e']]);
});

test('what is not taken keeps its place', async () => {
  const { queue, runs, works } = aQueue(1);
  void Promise.all(['later', 'a'].map((work) => queue.add(work)));
  await followed();
  expect(works()).toEqual([['a']]);
  runs[0]?.end();
  queue.wake();
  await followed();
  expect(works()).toEqual([['a']]);
});
