import { expect, test } from '@jest/globals';
import { Turns } from './turns.js';

const turnOfTheEventLoop = () => new Promise((resolve) => setImmediate(resolve));

/** Requests turns; `begun` collects those granted, with their release functions, as the event loop turns. */
function ask(turns: Turns, pieces: readonly number[]) {
  const begun: { readonly piece: number; readonly end: () => void }[] = [];
  pieces.forEach((work, piece) => {
    void turns.take(work).then((end) => begun.push({ piece, end }));
  });
  const order = () => begun.map(({ piece }) => piece);
  return { begun, order };
}

async function settle(): Promise<void> {
  for (let turn = 0; turn < 5; turn += 1) await turnOfTheEventLoop();
}

test('pieces begin in the order in which they were asked for, as many as fit in hand', async () => {
  const { begun, order } = ask(new Turns(10, 10), [4, 4, 4, 1]);
  await settle();
  expect(order()).toEqual([0, 1]);
  begun[0]?.end();
  await settle();
  expect(order()).toEqual([0, 1, 2, 3]);
});

test('a piece that is larger than all that may be in hand begins by itself', async () => {
  const { begun, order } = ask(new Turns(10, 5), [50, 1]);
  await settle();
  expect(order()).toEqual([0]);
  begun[0]?.end();
  await settle();
  expect(order()).toEqual([0, 1]);
});

test('the event loop goes round before more begins than one turn takes', async () => {
  const { order } = ask(new Turns(100, 10), [6, 6, 4]);
  await turnOfTheEventLoop();
  expect(order()).toEqual([0]);
  await turnOfTheEventLoop();
  expect(order()).toEqual([0, 1, 2]);
});

test('an end that is told twice counts once', async () => {
  const { begun, order } = ask(new Turns(4, 4), [4, 4, 4]);
  await settle();
  begun[0]?.end();
  begun[0]?.end();
  await settle();
  expect(order()).toEqual([0, 1]);
});
