import { expect, test } from '@jest/globals';
import { GroupCommit } from './group-commit.js';

interface Work {
  readonly key: string;
  readonly nth: number;
}

/** Commits that end on demand. */
function aGroupCommit({ concurrency = 1, isRepeatable = true } = {}) {
  const begun: { readonly works: readonly Work[]; end: (error?: Error) => void }[] = [];
  const transaction = (works: readonly Work[]): Promise<string[]> =>
    new Promise((resolve, reject) => {
      const end = (error?: Error): void =>
        error === undefined ? resolve(works.map(({ key, nth }) => `${key}${nth}`)) : reject(error);
      begun.push({ works, end });
    });
  const group = new GroupCommit<Work, string>({
    keyOf: ({ key }) => key,
    together: transaction,
    alone: async (work) => (await transaction([work]))[0] ?? '',
    isRepeatable: () => isRepeatable,
    concurrency,
  });
  const run = (keys: string) =>
    Promise.allSettled([...keys].map((key, index) => group.run({ key, nth: index + 1 })));
  const inHand = (): string[] => begun.map(({ works }) => works.map(({ key }) => key).join(''));
  return { run, begun, inHand };
}

/** Lets all pending microtasks and callbacks run. */
const followed = () => new Promise((resolve) => setImmediate(() => setImmediate(resolve)));

const ended = (value: string) => ({ status: 'fulfilled', value });

test('what becomes ready at once goes together, and what comes meanwhile with the next', async () => {
  const { run, begun, inHand } = aGroupCommit();
  const first = run('abc');
  await followed();
  const second = run('de');
  await followed();
  expect(inHand()).toEqual(['abc']);
  begun[0]?.end();
  expect(await first).toEqual([ended('a1'), ended('b2'), ended('c3')]);
  await followed();
  expect(inHand()).toEqual(['abc', 'de']);
  begun[1]?.end();
  expect(await second).toEqual([ended('d1'), ended('e2')]);
});

test('of one key only one is in hand, however many transactions are', async () => {
  const { run, begun, inHand } = aGroupCommit({ concurrency: 2 });
  const all = run('aab');
  await followed();
  expect(inHand()).toEqual(['ab']);
  begun[0]?.end();
  await followed();
  expect(inHand()).toEqual(['ab', 'a']);
  begun[1]?.end();
  expect(await all).toEqual([ended('a1'), ended('a2'), ended('b3')]);
});

test('no transaction takes more than 64', async () => {
  const { run, inHand } = aGroupCommit({ concurrency: 2 });
  void run(String.fromCodePoint(...Array.from({ length: 100 }, (_, index) => 0x4e00 + index)));
  await followed();
  expect(inHand().map(({ length }) => length)).toEqual([64, 36]);
});

test('what fails together is done one by one, and each learns of its own failure alone', async () => {
  const { run, begun, inHand } = aGroupCommit();
  const all = run('abc');
  await followed();
  begun[0]?.end(new Error('one of them'));
  await followed();
  begun[1]?.end();
  await followed();
  begun[2]?.end(new Error('b itself'));
  await followed();
  begun[3]?.end();
  expect(await all).toEqual([
    ended('a1'),
    { status: 'rejected', reason: new Error('b itself') },
    ended('c3'),
  ]);
  expect(inHand()).toEqual(['abc', 'a', 'b', 'c']);
});

test('one that is not done with for long holds up neither those that failed with it nor what comes after', async () => {
  const { run, begun, inHand } = aGroupCommit({ concurrency: 2 });
  const [first, later] = [run('abc'), run('a')];
  await followed();
  begun[0]?.end(new Error('a is locked'));
  await followed();
  expect(inHand()).toEqual(['abc', 'a', 'b']);
  begun[2]?.end();
  await followed();
  begun[3]?.end();
  const next = run('de');
  await followed();
  expect(inHand()).toEqual(['abc', 'a', 'b', 'c', 'de']);
  begun[4]?.end();
  expect(await next).toEqual([ended('d1'), ended('e2')]);
  begun[1]?.end();
  expect(await first).toEqual([ended('a1'), ended('b2'), ended('c3')]);
  await followed();
  expect(inHand().at(-1)).toBe('a');
  begun.at(-1)?.end();
  expect(await later).toEqual([ended('a1')]);
});

test('what may have been committed is not done again: all learn of the failure', async () => {
  const { run, begun, inHand } = aGroupCommit({ isRepeatable: false });
  const all = run('ab');
  await followed();
  const reason = new Error('the connection was lost');
  begun[0]?.end(reason);
  expect(await all).toEqual([
    { status: 'rejected', reason },
    { status: 'rejected', reason },
  ]);
  expect(inHand()).toEqual(['ab']);
});
