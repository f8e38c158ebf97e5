import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { Progress } from './progress.js';

test('nothing may be committed before the first record is finished', () => {
  const progress = new Progress([5n, 6n, 7n]);
  progress.finish(7n);
  progress.finish(6n);
  expect(progress.next).toBeUndefined();
  progress.finish(5n);
  expect(progress.next).toBe(8n);
  expect(progress.complete).toBe(true);
});

test('gaps between offsets count as finished', () => {
  const progress = new Progress([10n, 20n, 30n]);
  progress.finish(10n);
  expect(progress.next).toBe(11n);
  progress.finish(20n);
  expect(progress.next).toBe(21n);
});

test('a transaction can record where it will leave the partition', () => {
  const progress = new Progress([1n, 2n, 3n, 4n]);
  progress.finish(3n);
  expect(progress.nextWith(new Set([1n]))).toBe(2n);
  expect(progress.nextWith(new Set([1n, 2n]))).toBe(4n);
  expect(progress.nextWith(new Set([2n]))).toBeUndefined();
  expect(progress.next).toBeUndefined();
});

test('an empty batch is complete', () => {
  expect(new Progress([]).complete).toBe(true);
});

test('in any order of finishing, the mark never passes an unfinished record', () => {
  const batch = fc
    .uniqueArray(fc.bigInt({ min: 0n, max: 1_000n }), { minLength: 1, maxLength: 40 })
    .map((offsets) => offsets.sort((a, b) => (a < b ? -1 : 1)))
    .chain((offsets) => fc.tuple(fc.constant(offsets), fc.shuffledSubarray(offsets)));
  fc.assert(
    fc.property(batch, ([offsets, finished]) => {
      const progress = new Progress(offsets);
      for (const offset of finished) progress.finish(offset);
      const firstUnfinished = offsets.findIndex((offset) => !finished.includes(offset));
      const last = offsets[firstUnfinished === -1 ? offsets.length - 1 : firstUnfinished - 1];
      expect(progress.next).toBe(last === undefined ? undefined : last + 1n);
    }),
  );
});
