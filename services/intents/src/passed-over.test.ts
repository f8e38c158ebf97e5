import { expect, test } from '@jest/globals';
import { intentIdOf } from '@payments/domain';
import { PassedOver } from './passed-over.js';

const id = (order: number) => intentIdOf(`order-${order}`, 'stripe');

test('an intent is left alone for ten minutes', () => {
  const passedOver = new PassedOver();
  passedOver.add(id(1), 0);
  passedOver.add(id(2), 1);
  expect(passedOver.at(599_999)).toEqual([id(1), id(2)]);
  expect(passedOver.at(600_000)).toEqual([id(2)]);
  expect(passedOver.at(600_001)).toEqual([]);
});

test('a hundred are left alone at once, and others again once their time is over', () => {
  const passedOver = new PassedOver();
  for (let order = 0; order < 100; order += 1) expect(passedOver.add(id(order), 0)).toBe(true);
  expect(passedOver.add(id(100), 0)).toBe(false);
  expect(passedOver.at(0)).toHaveLength(100);
  expect(passedOver.at(600_000)).toEqual([]);
  expect(passedOver.add(id(100), 600_000)).toBe(true);
});
