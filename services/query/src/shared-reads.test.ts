import { beforeEach, expect, test } from '@jest/globals';
import { type IntentId, intentIdOf } from '@payments/domain';
import type { StoredIntent } from '@payments/persistence';
import { SharedReads } from './shared-reads.js';

const ids = Array.from({ length: 250 }, (_, at) => intentIdOf(`order-${at}`, 'stripe')) as [
  IntentId,
  IntentId,
  IntentId,
  ...IntentId[],
];

interface Statement extends PromiseWithResolvers<StoredIntent[]> {
  readonly intentIds: readonly IntentId[];
}

let statements: Statement[];
let reads: SharedReads;
beforeEach(() => {
  statements = [];
  reads = new SharedReads(read);
});

function read(intentIds: readonly IntentId[]): Promise<StoredIntent[]> {
  const statement = { ...Promise.withResolvers<StoredIntent[]>(), intentIds };
  statements.push(statement);
  return statement.promise;
}

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
const intent = (intentId: IntentId): StoredIntent => ({ intentId }) as StoredIntent;
const lengths = (): number[] => statements.map(({ intentIds }) => intentIds.length);

test('what is asked for in one turn is read with one statement, and each caller gets its own', async () => {
  const [first, second, none] = ids;
  const asked = Promise.all([first, second, none].map((id) => reads.one(id)));
  await turn();
  expect(statements.map(({ intentIds }) => intentIds)).toEqual([[first, second, none]]);
  statements[0]?.resolve([intent(second), intent(first)]);
  expect(await asked).toEqual([intent(first), intent(second), undefined]);
});

test('one that is asked for twice is read once, but not by a statement that is on its way already', async () => {
  const [id] = ids;
  const before = [reads.one(id), reads.one(id)];
  await turn();
  const after = reads.one(id);
  await turn();
  expect(lengths()).toEqual([1, 1]);
  statements[0]?.resolve([]);
  expect(await Promise.all(before)).toEqual([undefined, undefined]);
  statements[1]?.resolve([intent(id)]);
  expect(await after).toEqual(intent(id));
});

test('while four statements are on their way, what is asked for shares the next', async () => {
  for (const id of ids.slice(0, 10)) {
    void reads.one(id);
    await turn();
  }
  expect(lengths()).toEqual([1, 1, 1, 1]);
  statements[2]?.resolve([]);
  await turn();
  await turn();
  expect(lengths()).toEqual([1, 1, 1, 1, 6]);
});

test('a statement reads at most a hundred; the rest goes with the next, the longest waiting first', async () => {
  for (const id of ids) void reads.one(id);
  await turn();
  await turn();
  await turn();
  expect(statements.flatMap(({ intentIds }) => intentIds)).toEqual(ids);
  expect(lengths()).toEqual([100, 100, 50]);
});

test('a statement that fails fails for those whom it reads, and the next one reads again', async () => {
  const [first, second] = ids;
  const failed = reads.one(first);
  await turn();
  statements[0]?.reject(new Error('gone'));
  await expect(failed).rejects.toThrow('gone');
  const found = reads.one(second);
  await turn();
  statements[1]?.resolve([intent(second)]);
  expect(await found).toEqual(intent(second));
});

test.each([
  ['for too long fails with it: behind a Postgres that hangs more would come than are read', 0, 'timed out'],
  ['not for long is read by the next', 3_600_000, undefined],
])('what waited behind a statement that fails, %s', async (_, waitMsMax, outcome) => {
  reads = new SharedReads(read, { waitMsMax });
  const asked: Promise<unknown>[] = [];
  for (const id of ids.slice(0, 5)) {
    asked.push(reads.one(id).catch((error: Error) => error.message));
    await turn();
  }
  statements[0]?.reject(new Error('timed out'));
  expect(await asked[0]).toBe('timed out');
  await turn();
  expect(statements).toHaveLength(outcome === undefined ? 5 : 4);
  statements[4]?.resolve([]);
  expect(await asked[4]).toBe(outcome);
});
