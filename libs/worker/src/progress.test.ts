import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { Progress, type Tracked } from './progress.js';

interface Finishable extends Tracked {
  done: boolean;
}

function batchOf(...offsets: readonly bigint[]): Finishable[] {
  return offsets.map((offset) => ({ offset, done: false }));
}

function finish(batch: readonly Finishable[], ...offsets: readonly bigint[]): void {
  for (const one of batch) if (offsets.includes(one.offset)) one.done = true;
}

test('nothing may be committed before the first record is done', () => {
  const batch = batchOf(5n, 6n, 7n);
  const progress = new Progress(batch);
  finish(batch, 6n, 7n);
  expect(progress.next).toBeUndefined();
  finish(batch, 5n);
  expect(progress.next).toBe(8n);
});

test('gaps between offsets count as done', () => {
  const batch = batchOf(10n, 20n, 30n);
  const progress = new Progress(batch);
  finish(batch, 10n);
  expect(progress.next).toBe(11n);
  finish(batch, 20n);
  expect(progress.next).toBe(21n);
});

test('a transaction can record where it will leave the partition', () => {
  const batch = batchOf(1n, 2n, 3n, 4n);
  const progress = new Progress(batch);
  finish(batch, 3n);
  const [first, second] = batch as [Finishable, Finishable];
  expect(progress.nextWith([first])).toBe(2n);
  expect(progress.nextWith([first, second])).toBe(4n);
  expect(progress.nextWith([second])).toBeUndefined();
  expect(progress.next).toBeUndefined();
});

test('an empty batch leaves the partition where it is', () => {
  const progress = new Progress([]);
  expect(progress.next).toBeUndefined();
  expect(progress.nextWith([])).toBeUndefined();
});

test('in any order of finishing, the mark never passes an unfinished record', () => {
  const offsets = fc
    .uniqueArray(fc.bigInt({ min: 0n, max: 1_000n }), { minLength: 1, maxLength: 40 })
    .map((all) => all.sort((a, b) => (a < b ? -1 : 1)));
  const finishing = offsets.chain((all) =>
    fc.tuple(fc.constant(all), fc.shuffledSubarray(all), fc.subarray(all)),
  );
  const markOf = (all: readonly bigint[], done: readonly bigint[]): bigint | undefined => {
    const unfinished = all.findIndex((offset) => !done.includes(offset));
    const last = all[unfinished === -1 ? all.length - 1 : unfinished - 1];
    return last === undefined ? undefined : last + 1n;
  };
  fc.assert(
    fc.property(finishing, ([all, finished, also]) => {
      const batch = batchOf(...all);
      const progress = new Progress(batch);
      const done: bigint[] = [];
      for (const offset of finished) {
        finish(batch, offset);
        done.push(offset);
        expect(progress.next).toBe(markOf(all, done));
      }
      const alsoDone = batch.filter((one) => !one.done && also.includes(one.offset));
      expect(progress.nextWith(alsoDone)).toBe(markOf(all, [...finished, ...also]));
      expect(progress.next).toBe(markOf(all, finished));
    }),
  );
});
