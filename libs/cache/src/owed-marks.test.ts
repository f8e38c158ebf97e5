import { afterEach, expect, test } from '@jest/globals';
import { until } from '@payments/local/testing';
import { Metrics } from '@payments/runtime';
import { OwedMarks } from './owed-marks.js';

let owed: OwedMarks;
afterEach(() => owed.close());

type Call = readonly string[];

/** Records the calls to Redis, each confirmed if `answer` says so. */
function told(answer: (calls: readonly Call[]) => boolean | Promise<boolean>): Call[] {
  const calls: Call[] = [];
  const mark = async (keys: Call): Promise<boolean> => {
    calls.push(keys);
    return answer(calls);
  };
  owed = new OwedMarks(mark, new Metrics({ defaultMetrics: false }));
  return calls;
}

test('what is owed is told until it is confirmed, and then no more', async () => {
  const calls = told(({ length }) => length >= 3);
  owed.add(['a', 'b']);
  await until(() => calls.length >= 3, { what: 'the third try' });
  owed.add(['c']);
  await until(() => calls.length >= 4, { what: 'what came later' });
  expect(calls).toEqual([['a', 'b'], ['a', 'b'], ['a', 'b'], ['c']]);
});

test('a key that changes again while Redis is told of it is told again', async () => {
  const first = Promise.withResolvers<boolean>();
  const calls = told(({ length }) => (length === 1 ? first.promise : true));
  owed.add(['a']);
  await until(() => calls.length === 1, { what: 'the first call' });
  owed.add(['a']);
  first.resolve(true);
  await until(() => calls.length === 2, { what: 'the second call' });
  expect(calls).toEqual([['a'], ['a']]);
});

test('of many the oldest are let go, and the rest is told in pieces', async () => {
  const calls = told(() => true);
  owed.add(Array.from({ length: 100_002 }, (_, index) => String(index)));
  await until(() => calls.flat().length === 100_000, { what: 'all to be told' });
  expect(calls[0]?.[0]).toBe('2');
  expect(Math.max(...calls.map(({ length }) => length))).toBe(1_000);
});

test('nothing is told after the end', async () => {
  const calls = told(() => true);
  owed.add(['a']);
  owed.close();
  owed.add(['b']);
  const later = new OwedMarks(async () => calls.push(['later']) > 0, new Metrics({ defaultMetrics: false }));
  later.add(['c']);
  await until(() => calls.length > 0, { what: 'one that goes on' });
  later.close();
  expect(calls).toEqual([['later']]);
});
